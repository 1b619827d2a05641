// Reads iCalendar objects with ical.js: a JSON list of {ics, occurrences} on standard
// input, a JSON list of what they say on standard output. Times are Unix seconds.

const ICAL = require("ical.js");

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const jobs = JSON.parse(Buffer.concat(chunks).toString("utf8"));

  const read = ({ ics, occurrences }) => {
    const calendar = new ICAL.Component(ICAL.parse(ics));
    ICAL.TimezoneService.reset();
    for (const zone of calendar.getAllSubcomponents("vtimezone")) {
      ICAL.TimezoneService.register(new ICAL.Timezone(zone));
    }
    const vevent = calendar.getFirstSubcomponent("vevent");
    const event = new ICAL.Event(vevent);
    const said = {
      method: calendar.getFirstPropertyValue("method"),
      uid: event.uid,
      summary: event.summary,
      description: event.description,
      location: event.location,
      categories: vevent.getFirstProperty("categories")?.getValues() ?? [],
      start: event.startDate.toUnixTime(),
      end: event.endDate.toUnixTime(),
      all_day: event.startDate.isDate,
      attendees: event.attendees.map((attendee) => [
        attendee.getFirstValue(), attendee.getParameter("cn"), attendee.getParameter("partstat"),
      ]),
      occurrences: [],
    };
    if (occurrences) {
      const times = event.iterator();
      for (let next; said.occurrences.length < occurrences && (next = times.next());) {
        said.occurrences.push(next.toUnixTime());
      }
    }
    return said;
  };
  process.stdout.write(JSON.stringify(jobs.map(read)));
}

main();
