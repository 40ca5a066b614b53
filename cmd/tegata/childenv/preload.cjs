// Run by `tegata run` before a program of Node.js. Node's fetch and https know no proxy
// unless they are told, so LINE's names at port 443 are led to the platform where TLS
// connections begin: fetch, https, http2 and every client built on them pass there. The
// program still verifies the certificate for LINE's name. Everything else is left alone.
"use strict";
const { syncBuiltinESMExports } = require("node:module");
const tls = require("node:tls");

const platform = require("./platform.json");
const names = new Set(platform.names);
const connect = tls.connect;

// lineName returns the one of LINE's names that is meant, if one is.
function lineName({ host, port, path, socket }) {
  if (socket || path || Number(port) !== 443 || typeof host !== "string") return undefined;
  const name = host.toLowerCase().replace(/\.$/, "");
  return names.has(name) ? name : undefined;
}

// given reads connect(options), connect(port, host, options) and the forms between them.
function given(args) {
  const options = {};
  if (typeof args[0] !== "object") {
    options.port = args[0];
    if (typeof args[1] === "string") options.host = args[1];
  }
  for (const arg of args) if (typeof arg === "object") Object.assign(options, arg);
  return options;
}

tls.connect = function (...args) {
  const options = given(args);
  const name = lineName(options);
  if (name === undefined) return connect.apply(this, args);
  const { lookup, localAddress, localPort, ...rest } = options;
  const led = { ...rest, host: platform.host, port: platform.port, servername: rest.servername || name };
  return connect.call(this, led, ...args.filter((arg) => typeof arg === "function"));
};

syncBuiltinESMExports();
