// What a LIFF app's server does with two tokens, against LINE, by each of Node's clients.
//
//	node server.mjs CLIENT CHANNEL_ID ID_TOKEN ACCESS_TOKEN URL
import http2 from "node:http2";
import https from "node:https";
import { request as named } from "node:https";
import { Worker } from "node:worker_threads";
import axios from "axios";
import absolute from "axios-absolute";

const [client, channel, idToken, accessToken, url] = process.argv.slice(2);

// byRequest asks with node:https; get is its request.
function byRequest(get) {
  return (target, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const asked = get(target, { method, headers }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => resolve({ status: answer.statusCode, text }));
      });
      asked.on("error", reject).end(body);
    });
}

function byHTTP2(target, { method, headers, body }) {
  return new Promise((resolve, reject) => {
    const { origin, pathname } = new URL(target);
    const session = http2.connect(origin).on("error", reject);
    const asked = session.request({ ...headers, ":method": method, ":path": pathname });
    let status, text = "";
    asked.on("response", (h) => (status = h[":status"])).on("error", reject);
    asked.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => (session.close(), resolve({ status, text })));
    asked.end(body);
  });
}

// byWorker asks in a worker that is made of a text.
function byWorker(target, options) {
  const text = `
    const { workerData: { target, options }, parentPort } = require("node:worker_threads");
    fetch(target, options).then(async (answer) => parentPort.postMessage({ status: answer.status, text: await answer.text() }));`;
  return new Promise((resolve, reject) => {
    new Worker(text, { eval: true, workerData: { target, options } }).on("message", resolve).on("error", reject);
  });
}

const byAxios = (instance) => async (target, { method, headers, body }) => {
  const answer = await instance.request({ url: target, method, headers, data: body, responseType: "text", transformResponse: (text) => text });
  return { status: answer.status, text: answer.data };
};

const clients = {
  fetch: async (target, options) => {
    const answer = await fetch(target, options);
    return { status: answer.status, text: await answer.text() };
  },
  https: byRequest(https.request),
  named: byRequest(named),
  http2: byHTTP2,
  worker: byWorker,
  axios: byAxios(axios),
  absolute: byAxios(absolute),
};

const ask = clients[client];
const verified = await ask("https://api.line.me/oauth2/v2.1/verify", {
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ id_token: idToken, client_id: channel }).toString(),
});
const profile = await ask("https://api.line.me/v2/profile", { method: "GET", headers: { authorization: `Bearer ${accessToken}` } });
const other = url ? (await ask(url, { method: "GET", headers: {} })).status : 0;
console.log(JSON.stringify({ verified: JSON.parse(verified.text).sub, profile: JSON.parse(profile.text).userId, other }));
