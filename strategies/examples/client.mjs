// A strategy in JavaScript with nothing but Node itself.
//
//     sweetspot bench --external 'mine=node client.mjs' -s mine,pool http://127.0.0.1:8080/

import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";

let target, options; // what all requests have in common
let limit, stopped; // of the run
let inFlight = 0;
let waiting = []; // [number, URL]
let outcomes = []; // not reported yet
const sockets = new Set(); // used in the run

const agents = { "http:": new http.Agent({ keepAlive: true }), "https:": new https.Agent({ keepAlive: true }) };
const clock = () => Number(process.hrtime.bigint());
const send = (name, content = {}) => process.stdout.write(JSON.stringify({ [name]: content }) + "\n");

function report() {
  if (outcomes.length > 0) send("done", { now: clock(), outcomes: outcomes.splice(0) });
}

// Starts as many requests as there are free slots, and reports when none is left to start.
function advance() {
  while (inFlight < limit && waiting.length > 0) start(...waiting.shift());
  if (waiting.length > 0) return;
  if (!stopped) {
    report();
  } else if (inFlight === 0) {
    report();
    send("stopped", { connections: sockets.size });
  }
}

async function start(number, url) {
  inFlight++;
  const began = clock();
  const outcome = await make(url).catch((error) => [0, 0, classOf(error), String(error)]);
  outcomes.push([number, began, clock() - began, ...outcome]);
  inFlight--;
  advance();
}

// Makes a request and returns the status and the length of the body.
async function make(url) {
  const { protocol } = new URL(url);
  const response = await new Promise((resolve, reject) => {
    const client = protocol === "https:" ? https : http;
    const signal = AbortSignal.timeout(1000 * target.timeout);
    const request = client.request(url, { ...options, agent: agents[protocol], signal }, resolve);
    request.on("error", reject);
    request.on("socket", (socket) => sockets.add(socket));
    request.end(Buffer.from(target.body, "base64"));
  });
  const status = response.statusCode;
  const decoded = target.decode === "json" && status < 400 && ![204, 304].includes(status) && target.method !== "HEAD";
  const chunks = []; // kept only if the body is decoded
  let size = 0;
  try {
    for await (const chunk of response) {
      size += chunk.length;
      if (decoded && size > target.max_body) throw Object.assign(new Error("the body is too large"), { code: "too-large" });
      if (decoded) chunks.push(chunk);
    }
  } catch (error) {
    throw error.code === "ECONNRESET" ? Object.assign(error, { code: "truncated" }) : error;
  }
  if (decoded) {
    const body = Buffer.concat(chunks);
    JSON.parse(response.headers["content-encoding"] === "gzip" ? gunzipSync(body, { maxOutputLength: target.max_body }) : body);
  }
  return [status, size];
}

function classOf(error) {
  const code = error.code ?? "";
  if (code === "truncated" || code === "too-large") return code;
  if (code === "ERR_BUFFER_TOO_LARGE") return "too-large";
  if (code.startsWith("Z_")) return "decode"; // of gzip
  if (code === "ABORT_ERR") return "timeout";
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ECONNRESET" || code === "EPIPE") return "reset";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "dns";
  if (code.startsWith("HPE_")) return "malformed";
  if (code === "EPROTO" || /TLS|SSL|CERT/.test(code)) return "tls";
  return error instanceof SyntaxError ? "decode" : "other";
}

const messages = {
  open(content) {
    target = content;
    const headers = {};
    for (const [name, value] of target.headers) (headers[name] ??= []).push(value);
    options = { method: target.method, headers, rejectUnauthorized: !target.insecure };
    send("opened");
  },
  run(content) {
    ({ limit } = content);
    stopped = false;
    sockets.clear();
  },
  start({ first, urls }) {
    for (const url of urls) waiting.push([first++, url]);
    advance();
  },
  stop() {
    stopped = true;
    advance();
  },
  close() {
    process.exit();
  },
};

send("hello", { protocol: 1, version: `node:http, Node ${process.versions.node}` });
setInterval(report, 10);
createInterface({ input: process.stdin })
  .on("line", (line) => Object.entries(JSON.parse(line)).forEach(([name, content]) => messages[name]?.(content)))
  .on("close", () => process.exit());
