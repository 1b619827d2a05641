// Runs the official Node SDK: a job is a line of JSON on standard input, and its outcome
// a line of JSON on standard output. Clients stay open, and keep their tokens, until the end.
'use strict';

const readline = require('node:readline');
const Cronofy = require('cronofy');

const clients = [];

async function carryOut (job) {
  if (job.methods) {
    const methods = Object.keys(Cronofy.prototype);
    return { result: methods.filter((name) => !name.startsWith('_')) };
  }
  if (job.config) {
    const client = new Cronofy(job.config);
    client.urls.api = job.api;
    return { result: clients.push(client) - 1 };
  }
  const client = clients[job.client];
  try {
    const result = await client[job.method](job.options);
    const { access_token: access, refresh_token: refresh } = client.config;
    return { result, access, refresh };
  } catch (error) {
    if (error.statusCode === undefined) {
      return { broken: error.stack };
    }
    return { status: error.statusCode, entity: error.error.entity };
  }
}

async function main () {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await carryOut(JSON.parse(line))) + '\n');
  }
}

main();
