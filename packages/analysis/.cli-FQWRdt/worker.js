// packages/analysis/src/receiver/worker.ts
import { parentPort } from "node:worker_threads";

// packages/analysis/src/receiver/bad-request.ts
var BadRequest = class extends Error {
  status;
  constructor(status3, message) {
    super(message);
    this.status = status3;
  }
};
var malformed = (message) => new BadRequest(400, message);

// packages/analysis/src/receiver/body.ts
import { gunzipSync } from "node:zlib";
var LARGEST = 20 * 2 ** 20;
var tooLarge = () => new BadRequest(413, "the body is larger than 20 MiB; send smaller batches");
function decompress(body) {
  try {
    return gunzipSync(body, { maxOutputLength: LARGEST });
  } catch (error) {
    if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw malformed(`the body is no gzip: ${error.message}`);
  }
}

// packages/analysis/src/receiver/otlp.ts
var TRACES = {
  table: "otel_traces",
  resources: "resourceSpans",
  scopes: "scopeSpans",
  records: "spans",
  rejected: "rejectedSpans"
};
var LOGS = {
  table: "otel_logs",
  resources: "resourceLogs",
  scopes: "scopeLogs",
  records: "logRecords",
  rejected: "rejectedLogRecords"
};
var SIGNALS = { otel_traces: TRACES, otel_logs: LOGS };

// packages/analysis/src/receiver/protobuf.ts
import protobuf from "protobufjs/minimal.js";
var DEEPEST = 64;
var text = (name2) => ({ name: name2, wire: 2, read: (reader) => reader.string() });
var bytes = (name2) => ({ name: name2, wire: 2, read: (reader) => reader.bytes() });
var uint32 = (name2) => ({ name: name2, wire: 0, read: (reader) => reader.uint32() });
var fixed32 = (name2) => ({ name: name2, wire: 5, read: (reader) => reader.fixed32() });
var bool = (name2) => ({ name: name2, wire: 0, read: (reader) => reader.bool() });
var double = (name2) => ({ name: name2, wire: 1, read: (reader) => reader.double() });
var int64 = (name2) => ({ name: name2, wire: 0, read: (reader) => reader.int64().toString() });
var fixed64 = (name2) => ({
  name: name2,
  wire: 1,
  read(reader, buffer) {
    const at = reader.pos;
    reader.skip(8);
    return buffer.readBigUInt64LE(at);
  }
});
var nested = (name2, message, repeated = false) => ({
  name: name2,
  wire: 2,
  repeated,
  read(reader, buffer, depth) {
    const length = reader.uint32();
    return readMessage(reader, buffer, message(), reader.pos + length, depth + 1);
  }
});
var list = (name2, message) => nested(name2, message, true);
var arrayValue = { 1: list("values", () => anyValue) };
var kvlistValue = { 1: list("values", () => keyValue) };
var anyValue = {
  1: text("stringValue"),
  2: bool("boolValue"),
  3: int64("intValue"),
  4: double("doubleValue"),
  5: nested("arrayValue", () => arrayValue),
  6: nested("kvlistValue", () => kvlistValue),
  7: bytes("bytesValue")
};
var keyValue = { 1: text("key"), 2: nested("value", () => anyValue) };
var attributes = list("attributes", () => keyValue);
var resource = { 1: attributes };
var scope = { 1: text("name"), 2: text("version"), 3: attributes };
var event = { 1: fixed64("timeUnixNano"), 2: text("name"), 3: attributes };
var link = { 1: bytes("traceId"), 2: bytes("spanId"), 3: text("traceState"), 4: attributes };
var status = { 2: text("message"), 3: uint32("code") };
var span = {
  1: bytes("traceId"),
  2: bytes("spanId"),
  3: text("traceState"),
  4: bytes("parentSpanId"),
  5: text("name"),
  6: uint32("kind"),
  7: fixed64("startTimeUnixNano"),
  8: fixed64("endTimeUnixNano"),
  9: attributes,
  11: list("events", () => event),
  13: list("links", () => link),
  15: nested("status", () => status)
};
var logRecord = {
  1: fixed64("timeUnixNano"),
  2: uint32("severityNumber"),
  3: text("severityText"),
  5: nested("body", () => anyValue),
  6: attributes,
  8: fixed32("flags"),
  9: bytes("traceId"),
  10: bytes("spanId"),
  11: fixed64("observedTimeUnixNano"),
  12: text("eventName")
};
var request = ({ resources, scopes, records }, record) => {
  const inScope = { 1: nested("scope", () => scope), 2: list(records, () => record), 3: text("schemaUrl") };
  const inResource = {
    1: nested("resource", () => resource),
    2: list(scopes, () => inScope),
    3: text("schemaUrl")
  };
  return { 1: list(resources, () => inResource) };
};
var requests = { otel_traces: request(TRACES, span), otel_logs: request(LOGS, logRecord) };
function readMessage(reader, buffer, message, end, depth) {
  if (end > reader.len || depth > DEEPEST) throw malformed("the protobuf is cut off or nested too deeply");
  const result = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = message[tag >>> 3];
    if (!field) {
      if (tag >>> 3 === 0) throw malformed("the protobuf has a field 0, which there cannot be");
      reader.skipType(tag & 7);
      continue;
    }
    if (field.wire !== (tag & 7)) throw malformed(`the protobuf's ${field.name} has the wrong type`);
    const value = field.read(reader, buffer, depth);
    if (!field.repeated) result[field.name] = value;
    else if (result[field.name]) result[field.name].push(value);
    else result[field.name] = [value];
  }
  if (reader.pos !== end) throw malformed("the protobuf is cut off");
  return result;
}
function readProtobuf(signal, body) {
  try {
    const reader = protobuf.Reader.create(body);
    const result = readMessage(reader, body, requests[signal.table], body.length, 0);
    if (body.length > 0 && !result[signal.resources])
      throw malformed(`the protobuf is no OTLP: it has no ${signal.resources}`);
    return result;
  } catch (error) {
    throw error instanceof BadRequest ? error : malformed(`the body is no protobuf: ${error.message}`);
  }
}

// packages/analysis/src/receiver/quick-rows.ts
import { isUtf8 } from "node:buffer";

// packages/core/src/ids.ts
function uuidv7Time(id2) {
  return typeof id2 === "string" && /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id2) ? Number.parseInt(id2.replace("-", ""), 16) : void 0;
}

// packages/analysis/src/receiver/values.ts
var UNSAFE = /["\\\u0000-\u001f\ud800-\udfff]/;
var quote = (text3) => UNSAFE.test(text3) ? JSON.stringify(text3.replace(/\p{Surrogate}/gu, "\uFFFD")) : `"${text3}"`;
var isObject = (item) => typeof item === "object" && item !== null;
function list2(value, what) {
  if (value === void 0 || value === null) return [];
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw malformed(`${what} must be a list of objects`);
}
function object(value, what) {
  if (value === void 0 || value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value;
  throw malformed(`${what} must be an object`);
}
function string(value, what) {
  if (value === void 0 || value === null) return "";
  if (typeof value === "string") return value;
  throw malformed(`${what} must be a string`);
}
function uint322(value, what) {
  if (value === void 0 || value === null) return 0;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number < 2 ** 32) return number;
  throw malformed(`${what} must be a whole number`);
}
var DEEPEST2 = 64;
function integer(value) {
  const text3 = typeof value === "number" && Number.isInteger(value) ? BigInt(value).toString() : value;
  if (typeof text3 === "string" && /^-?\d{1,19}$/.test(text3)) return text3;
  throw malformed(`intValue must be a whole number of 64 bits, not ${JSON.stringify(value)}`);
}
function double2(value) {
  if (typeof value === "number") return String(value);
  if (typeof value === "string" && (/^-?Infinity$|^NaN$/.test(value) || value !== "" && Number.isFinite(Number(value))))
    return String(Number(value));
  throw malformed(`doubleValue must be a number, not ${JSON.stringify(value)}`);
}
function base64(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "string" && /^[\w+/-]*={0,2}$/.test(value)) return value;
  throw malformed("bytesValue must be base64");
}
function nested2(value, depth) {
  if (depth > DEEPEST2) throw malformed("an attribute is nested too deeply");
  const any = object(value, "a value");
  if (any.stringValue !== void 0) return quote(string(any.stringValue, "stringValue"));
  if (any.intValue !== void 0) return integer(any.intValue);
  if (any.doubleValue !== void 0) {
    const text3 = double2(any.doubleValue);
    return Number.isFinite(Number(text3)) ? text3 : "null";
  }
  if (any.boolValue !== void 0) return String(boolean(any.boolValue));
  if (any.bytesValue !== void 0) return quote(base64(any.bytesValue));
  if (any.arrayValue !== void 0)
    return `[${list2(object(any.arrayValue, "arrayValue").values, "values").map((item) => nested2(item, depth + 1))}]`;
  if (any.kvlistValue === void 0) return "null";
  const entries = list2(object(any.kvlistValue, "kvlistValue").values, "values").map(
    (pair) => [string(pair.key, "a key"), nested2(pair.value, depth + 1)]
  );
  return `{${entries.sort(([a], [b]) => a < b ? -1 : 1).map(([key, text3]) => `${quote(key)}:${text3}`)}}`;
}
function boolean(value) {
  if (typeof value === "boolean") return value;
  throw malformed("boolValue must be true or false");
}
function asText(value) {
  const any = object(value, "a value");
  if (any.stringValue !== void 0) return string(any.stringValue, "stringValue");
  if (any.intValue !== void 0) return integer(any.intValue);
  if (any.doubleValue !== void 0) return double2(any.doubleValue);
  if (any.boolValue !== void 0) return String(boolean(any.boolValue));
  if (any.bytesValue !== void 0) return base64(any.bytesValue);
  return any.arrayValue === void 0 && any.kvlistValue === void 0 ? "" : nested2(any, 0);
}
var keys = /* @__PURE__ */ new Map();
function quoteKey(key) {
  const known = keys.get(key);
  if (known !== void 0) return known;
  const text3 = `${quote(key)}:`;
  if (keys.size < 1e3 && key.length < 100) keys.set(key, text3);
  return text3;
}
function attributesText(attributes2, each) {
  let text3 = "";
  for (const { key, value } of list2(attributes2, "attributes")) {
    if (typeof key !== "string") throw malformed("an attribute has no key");
    const word = asText(value);
    text3 += `${text3 && ","}${quoteKey(key)}${quote(each ? each(key, word) : word)}`;
  }
  return `{${text3}}`;
}

// packages/analysis/src/receiver/scan.ts
var bytes2 = (text3) => new Uint8Array(Buffer.from(text3));
var QUOTE = bytes2('"');
var COMMA = bytes2(",");
var END = bytes2("}");
var END_LIST = bytes2("]");
var QUOTE_BYTE = 34;
var COMMA_BYTE = 44;
var BACKSLASH = 92;
var OPEN = [91, 123];
var CLOSED = [93, 125];
var UNUSUAL = new Error("not as exporters write it");
function unusual() {
  throw UNUSUAL;
}
var OVERHEAD = 1024;
var MOST = 256 * 2 ** 20;
function reserve(scan, bytes3) {
  const size = scan.to + bytes3 + scan.input.length - scan.at + OVERHEAD;
  if (size <= scan.output.length) return;
  if (scan.to + bytes3 > MOST) unusual();
  const larger = Buffer.allocUnsafeSlow(2 * size);
  scan.output.copy(larger, 0, 0, scan.to);
  scan.output = larger;
}
function follows(scan, bytes3) {
  const { input, at } = scan;
  for (let index = 0; index < bytes3.length; index++) if (input[at + index] !== bytes3[index]) return false;
  scan.at = at + bytes3.length;
  return true;
}
function expect(scan, bytes3) {
  if (!follows(scan, bytes3)) unusual();
}
function more(scan, closing) {
  if (follows(scan, COMMA)) return true;
  expect(scan, closing);
  return false;
}
function write(scan, bytes3) {
  const { output } = scan;
  let { to } = scan;
  for (let index = 0; index < bytes3.length; index++) output[to++] = bytes3[index];
  scan.to = to;
}
function writeText(scan, text3) {
  reserve(scan, 3 * text3.length);
  scan.to += scan.output.write(text3, scan.to);
}
function endOfString(input, at) {
  for (let next = at + 1; next < input.length; next++) {
    if (input[next] === QUOTE_BYTE) return next + 1;
    if (input[next] === BACKSLASH) next++;
  }
  return unusual();
}
function endOfValue(input, from) {
  let depth = 0;
  for (let at = from; at < input.length; at++) {
    const byte = input[at];
    if (depth === 0 && at > from && (byte === COMMA_BYTE || CLOSED.includes(byte))) return at;
    if (byte === QUOTE_BYTE) at = endOfString(input, at) - 1;
    else if (OPEN.includes(byte)) depth++;
    else if (CLOSED.includes(byte)) depth--;
  }
  return unusual();
}
function parseNext(scan) {
  const start = scan.at;
  scan.at = endOfValue(scan.input, start);
  return JSON.parse(scan.input.toString("utf8", start, scan.at));
}
function copyString(scan) {
  const { input, output } = scan;
  let { at, to } = scan;
  if (input[at] !== QUOTE_BYTE) unusual();
  do {
    const byte = input[at];
    if (byte === BACKSLASH) return copyEscaped(scan);
    if (!(byte >= 32)) unusual();
    output[to++] = byte;
  } while (input[++at] !== QUOTE_BYTE);
  output[to++] = QUOTE_BYTE;
  scan.at = at + 1;
  scan.to = to;
  return true;
}
function copyEscaped(scan) {
  const start = scan.at;
  scan.at = endOfString(scan.input, start);
  writeText(scan, quote(JSON.parse(scan.input.toString("utf8", start, scan.at))));
  return false;
}
function copyPlain(scan) {
  if (!copyString(scan)) unusual();
}
function digits(scan) {
  const start = scan.at;
  while (isDigit(scan.input[scan.at])) scan.at++;
  return scan.at - start;
}
var isDigit = (byte) => byte >= 48 && byte <= 57;

// packages/analysis/src/receiver/times.ts
var DAY = 864e5;
var isTimely = (time, now) => time >= now - 31 * DAY && time <= now + DAY;
function isTimelyRun(id2, now) {
  const started = uuidv7Time(id2);
  return started !== void 0 && isTimely(started, now);
}
var LAST = "9223372036854775807";
function nanoseconds(value, what) {
  if (value === void 0 || value === null) return "0";
  const text3 = typeof value === "number" && Number.isInteger(value) ? String(BigInt(value)) : String(value);
  if (text3.length <= 19 && /^(0|[1-9]\d*)$/.test(text3) && (text3.length < 19 || text3 <= LAST)) return text3;
  throw malformed(`${what} must be nanoseconds since 1970, not ${JSON.stringify(text3)}`);
}
var milliseconds = (time) => Number(time.slice(0, -9)) * 1e3 + Number(time.slice(-9)) / 1e6;
var elapsed = (start, end) => (Number(end.slice(0, -9)) - Number(start.slice(0, -9))) * 1e9 + Number(end.slice(-9)) - Number(start.slice(-9));
var HEX = /^[\da-f]+$/i;
var ZEROS = /^0+$/;
function hexId(value, digits2, what) {
  if (value === void 0 || value === null || value === "") return "";
  const text3 = value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
  if (text3 === "") return "";
  if (typeof text3 !== "string" || text3.length !== digits2 || !HEX.test(text3))
    throw malformed(`${what} must be ${digits2} hex digits`);
  return ZEROS.test(text3) ? "" : text3.toLowerCase();
}

// packages/analysis/src/receiver/quick-attributes.ts
var LIST = bytes2("[");
var MINUS = bytes2("-");
var ATTRIBUTES = bytes2('"SpanAttributes":{');
var ATTRIBUTES_END = bytes2("},");
var KEY = bytes2('{"key":');
var VALUE = bytes2(',"value":');
var KEY_END = bytes2(":");
var STRING = bytes2('{"stringValue":');
var INTEGER = bytes2('{"intValue":');
var DOUBLE = bytes2('{"doubleValue":');
var TRUE = bytes2('{"boolValue":true}');
var FALSE = bytes2('{"boolValue":false}');
var TRUE_TEXT = bytes2('"true"');
var FALSE_TEXT = bytes2('"false"');
var BROWSER = bytes2('"browser"');
var RUN_ID = bytes2(`"${"throughline.run.id" /* RUN_ID */}"`);
var EVENT_SOURCE = bytes2(`"${"throughline.event.source" /* EVENT_SOURCE */}"`);
function isKey(span2, start, known) {
  if (span2.at - start !== known.length) return false;
  for (let index = 0; index < known.length; index++)
    if (span2.input[start + index] !== known[index]) return false;
  return true;
}
function copyTaken(span2, start) {
  const { input, output, at } = span2;
  write(span2, QUOTE);
  for (let from = start; from < at; from++) output[span2.to++] = input[from];
  write(span2, QUOTE);
}
function copyWhole(span2) {
  const start = span2.at;
  const count = digits(span2);
  if (count === 0 || count > 15 || count > 1 && span2.input[start] === 48 || !follows(span2, END)) {
    span2.at = start;
    return false;
  }
  span2.at--;
  copyTaken(span2, start);
  span2.at++;
  return true;
}
function copyLong(span2) {
  if (!follows(span2, QUOTE)) return false;
  const start = span2.at;
  follows(span2, MINUS);
  const count = digits(span2);
  if (count === 0 || count > 19) return false;
  copyTaken(span2, start);
  return follows(span2, QUOTE) && follows(span2, END);
}
function copyValue(span2) {
  const { at, to } = span2;
  if (follows(span2, STRING)) {
    copyString(span2);
    if (follows(span2, END)) return;
  } else if (follows(span2, INTEGER)) {
    if (copyWhole(span2) || copyLong(span2)) return;
  } else if (follows(span2, DOUBLE)) {
    if (copyWhole(span2)) return;
  } else if (follows(span2, TRUE)) return write(span2, TRUE_TEXT);
  else if (follows(span2, FALSE)) return write(span2, FALSE_TEXT);
  span2.at = at;
  span2.to = to;
  writeText(span2, quote(asText(parseNext(span2))));
}
function copyRunId(span2) {
  expect(span2, STRING);
  const start = span2.at + 1;
  copyPlain(span2);
  span2.isOfTimelyRun &&= isTimelyRun(span2.input.toString("latin1", start, span2.at - 1), span2.now);
  expect(span2, END);
}
function copySource(span2) {
  const { to } = span2;
  copyValue(span2);
  if (!span2.isPublic) return;
  span2.to = to;
  write(span2, BROWSER);
}
function copyAttributes(span2) {
  write(span2, ATTRIBUTES);
  expect(span2, LIST);
  if (!follows(span2, END_LIST))
    for (; ; ) {
      expect(span2, KEY);
      const start = span2.at;
      copyPlain(span2);
      write(span2, KEY_END);
      const isRun = isKey(span2, start, RUN_ID);
      const isSource = !isRun && isKey(span2, start, EVENT_SOURCE);
      expect(span2, VALUE);
      if (isRun) copyRunId(span2);
      else if (isSource) copySource(span2);
      else copyValue(span2);
      expect(span2, END);
      if (!more(span2, END_LIST)) break;
      write(span2, COMMA);
    }
  write(span2, ATTRIBUTES_END);
}

// packages/analysis/src/receiver/rows.ts
var MOST_TEXT = 256 * 2 ** 20;
var KINDS = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];
var STATUSES = ["Unset", "Ok", "Error"];
function enumName(value, from, prefix) {
  const name2 = typeof value === "number" ? from[value] : from.find((each) => value === prefix + each.toUpperCase());
  if (name2 === void 0) throw malformed(`${JSON.stringify(value)} is no ${prefix}\u2026`);
  return name2;
}
function statusText({ code, message }) {
  const result = `"StatusCode":"${enumName(code ?? 0, STATUSES, "STATUS_CODE_")}"`;
  return message ? `${result},"StatusMessage":${quote(string(message, "a status's message"))}` : result;
}
function eventsText(value) {
  const events = list2(value, "a span's events");
  if (events.length === 0) return "";
  return `"Events.Timestamp":[${events.map((event2) => nanoseconds(event2.timeUnixNano, "an event's timeUnixNano"))}],"Events.Name":[${events.map((event2) => quote(string(event2.name, "an event's name")))}],"Events.Attributes":[${events.map((event2) => attributesText(event2.attributes))}]`;
}
function linksText(value) {
  const links = list2(value, "a span's links");
  if (links.length === 0) return "";
  return `"Links.TraceId":[${links.map((link2) => quote(hexId(link2.traceId, 32, "a link's traceId")))}],"Links.SpanId":[${links.map((link2) => quote(hexId(link2.spanId, 16, "a link's spanId")))}],"Links.TraceState":[${links.map((link2) => quote(string(link2.traceState, "a link's traceState")))}],"Links.Attributes":[${links.map((link2) => attributesText(link2.attributes))}]`;
}
function spanText(span2, start, attributes2) {
  const traceId = hexId(span2.traceId, 32, "a span's traceId");
  const spanId = hexId(span2.spanId, 16, "a span's spanId");
  const end = nanoseconds(span2.endTimeUnixNano, "a span's endTimeUnixNano");
  if (!traceId || !spanId) throw malformed("a span has no traceId or no spanId");
  const duration = elapsed(start, end);
  if (duration < 0) throw malformed(`span ${spanId} ends before it starts, or has no end`);
  const kind = enumName(span2.kind ?? 0, KINDS, "SPAN_KIND_");
  let text3 = `"Timestamp":${start},"TraceId":"${traceId}","SpanId":"${spanId}","SpanName":${quote(string(span2.name, "a span's name"))},"SpanKind":"${kind}","SpanAttributes":${attributes2},"Duration":${duration},${statusText(object(span2.status, "a span's status"))}`;
  const parent2 = hexId(span2.parentSpanId, 16, "a span's parentSpanId");
  if (parent2) text3 += `,"ParentSpanId":"${parent2}"`;
  if (span2.traceState) text3 += `,"TraceState":${quote(string(span2.traceState, "a span's traceState"))}`;
  const events = eventsText(span2.events);
  if (events) text3 += `,${events}`;
  const links = linksText(span2.links);
  if (links) text3 += `,${links}`;
  return text3;
}
function logText(log, time, attributes2) {
  const severity = enumName(log.severityNumber ?? 0, SEVERITIES, "SEVERITY_NUMBER_");
  return `"Timestamp":${time},"TraceId":"${hexId(log.traceId, 32, "a log record's traceId")}","SpanId":"${hexId(log.spanId, 16, "a log record's spanId")}","TraceFlags":${uint322(log.flags, "a log record's flags") & 255},"SeverityText":${quote(string(log.severityText, "a log record's severityText"))},"SeverityNumber":${SEVERITIES.indexOf(severity)},"Body":${quote(asText(log.body))},"LogAttributes":${attributes2},"EventName":${quote(string(log.eventName, "a log record's eventName"))}`;
}
var SEVERITIES = [
  "UNSPECIFIED",
  ...["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap(
    (level) => ["", 2, 3, 4].map((n) => level + n)
  )
];
function timeOf(signal, record, now) {
  if (signal === TRACES) {
    const start = nanoseconds(record.startTimeUnixNano, "a span's startTimeUnixNano");
    if (start === "0") throw malformed("a span has no startTimeUnixNano");
    return start;
  }
  const time = nanoseconds(record.timeUnixNano, "a log record's timeUnixNano");
  if (time !== "0") return time;
  const seen = nanoseconds(record.observedTimeUnixNano, "a log record's observedTimeUnixNano");
  return seen === "0" ? `${now}000000` : seen;
}
function resourceText({ attributes: attributes2 }) {
  const service = list2(attributes2, "attributes").find(({ key }) => key === "service.name");
  return `"ServiceName":${quote(asText(service?.value))},"ResourceAttributes":${attributesText(attributes2)}`;
}
var scopeText = ({ name: name2, version }) => `"ScopeName":${quote(string(name2, "a scope's name"))},"ScopeVersion":${quote(string(version, "a scope's version"))}`;
function refusals(strays, untimely) {
  const reasons = [
    strays && `${strays} of a run whose id is no UUIDv7 of the last 31 days`,
    untimely && `${untimely} over 31 days old or more than a day ahead`
  ];
  return { rejected: strays + untimely, message: `refused: ${reasons.filter(Boolean).join("; ")}` };
}
function toRows(signal, request2, { isPublic, now }) {
  const body = object(request2 ?? "nothing", "the body");
  if (!(signal.resources in body) && Object.keys(body).length > 0)
    throw malformed(`the body is no OTLP: it has no ${signal.resources}`);
  let lines = "";
  let untimely = 0;
  let strays = 0;
  let timely = true;
  const each = (key, value) => {
    if (key === "throughline.run.id" /* RUN_ID */ && !isTimelyRun(value, now)) timely = false;
    return isPublic && key === "throughline.event.source" /* EVENT_SOURCE */ ? "browser" : value;
  };
  const toText = signal === TRACES ? spanText : logText;
  for (const group of list2(body[signal.resources], signal.resources)) {
    let shared = resourceText(object(group.resource, "resource"));
    if (signal !== TRACES) shared += `,"ResourceSchemaUrl":${quote(string(group.schemaUrl, "schemaUrl"))}`;
    for (const part of list2(group[signal.scopes], signal.scopes)) {
      const scope2 = object(part.scope, "scope");
      let tail = `${shared},${scopeText(scope2)}`;
      if (signal !== TRACES)
        tail += `,"ScopeAttributes":${attributesText(scope2.attributes)},"ScopeSchemaUrl":${quote(string(part.schemaUrl, "schemaUrl"))}`;
      for (const record of list2(part[signal.records], signal.records)) {
        timely = true;
        const time = timeOf(signal, record, now);
        const text3 = toText(record, time, attributesText(record.attributes, each));
        if (!timely) strays++;
        else if (!isTimely(milliseconds(time), now)) untimely++;
        else lines += `{${text3},${tail}}
`;
        if (lines.length > MOST_TEXT)
          throw malformed("the attributes of a resource, repeated for each of its records, are too large");
      }
    }
  }
  const bytes3 = Buffer.allocUnsafeSlow(Buffer.byteLength(lines));
  bytes3.write(lines);
  return { lines: bytes3, ...refusals(strays, untimely) };
}

// packages/analysis/src/receiver/quick-rows.ts
var SPANS = bytes2('{"resourceSpans":[');
var RESOURCE = bytes2('{"resource":');
var SCOPES = bytes2(',"scopeSpans":[');
var SCOPE = bytes2('{"scope":');
var RECORDS = bytes2(',"spans":[');
var SCHEMA = bytes2(',"schemaUrl":');
var EMPTY = bytes2('""');
var EMPTY_LIST = bytes2("[]");
var ROW = bytes2("{");
function hex(scan, count) {
  expect(scan, QUOTE);
  let any = 0;
  for (const end = scan.at + count; scan.at < end; scan.at++) {
    const byte = scan.input[scan.at];
    const isLetter = byte >= 97 && byte <= 102;
    if (!isDigit(byte) && !isLetter) unusual();
    any |= byte ^ 48;
    scan.output[scan.to++] = byte;
  }
  if (any === 0) unusual();
  expect(scan, QUOTE);
}
function id(column, count) {
  const before = bytes2(`"${column}":"`);
  const after = bytes2('",');
  return (span2) => {
    write(span2, before);
    hex(span2, count);
    write(span2, after);
  };
}
var parent = id("ParentSpanId", 16);
function text2(column) {
  const before = bytes2(`"${column}":`);
  return (span2) => {
    write(span2, before);
    copyString(span2);
    write(span2, COMMA);
  };
}
var state = text2("TraceState");
function name(column, from) {
  const known = from.map((each) => bytes2(`"${column}":"${each}",`));
  return (span2) => write(span2, known[span2.input[span2.at++] - 48] ?? unusual());
}
function decimal(input, from, to) {
  let number = 0;
  for (let at = from; at < to; at++) number = number * 10 + input[at] - 48;
  return number;
}
function nanoseconds2(span2) {
  expect(span2, QUOTE);
  const start = span2.at;
  if (span2.input[start] !== 49 || digits(span2) !== 19) unusual();
  expect(span2, QUOTE);
  return start;
}
var TIMESTAMP = bytes2('"Timestamp":');
function startTime(span2) {
  const start = nanoseconds2(span2);
  span2.startSeconds = decimal(span2.input, start, start + 10);
  span2.startNanos = decimal(span2.input, start + 10, start + 19);
  write(span2, TIMESTAMP);
  span2.to += span2.input.copy(span2.output, span2.to, start, start + 19);
  write(span2, COMMA);
}
function endTime(span2) {
  const start = nanoseconds2(span2);
  span2.endSeconds = decimal(span2.input, start, start + 10);
  span2.endNanos = decimal(span2.input, start + 10, start + 19);
}
var CODE = bytes2('{"code":');
var NO_STATUS = bytes2("{}");
var statusName = name("StatusCode", STATUSES);
function status2(span2) {
  const { at, to } = span2;
  if (follows(span2, NO_STATUS)) return write(span2, UNSET);
  if (follows(span2, CODE)) {
    statusName(span2);
    if (follows(span2, END)) return;
  }
  span2.at = at;
  span2.to = to;
  writeText(span2, `${statusText(object(parseNext(span2), "a span's status"))},`);
}
var seldom = (toText) => (span2) => {
  if (follows(span2, EMPTY_LIST)) return;
  const text3 = toText(parseNext(span2));
  if (text3) writeText(span2, `${text3},`);
};
function ignored(span2) {
  const first = span2.input[span2.at];
  const count = digits(span2);
  if (count === 0 || count > 1 && first === 48) unusual();
}
var FIELDS = Object.entries({
  traceId: id("TraceId", 32),
  spanId: id("SpanId", 16),
  traceState: (span2) => follows(span2, EMPTY) || state(span2),
  parentSpanId: (span2) => follows(span2, EMPTY) || parent(span2),
  flags: ignored,
  name: text2("SpanName"),
  kind: name("SpanKind", KINDS),
  startTimeUnixNano: startTime,
  endTimeUnixNano: endTime,
  attributes: copyAttributes,
  droppedAttributesCount: ignored,
  events: seldom(eventsText),
  droppedEventsCount: ignored,
  status: status2,
  links: seldom(linksText),
  droppedLinksCount: ignored
}).map(([key, read]) => ({ key: bytes2(`"${key}":`), read }));
var bit = (key) => 1 << FIELDS.findIndex((field) => Buffer.from(field.key).toString() === `"${key}":`);
var KIND = bit("kind");
var STATUS = bit("status");
var REQUIRED = bit("traceId") | bit("spanId") | bit("startTimeUnixNano") | bit("endTimeUnixNano");
var NO_KIND = bytes2(`"SpanKind":"${KINDS[0]}",`);
var UNSET = bytes2(`"StatusCode":"${STATUSES[0]}",`);
var DURATION = bytes2('"Duration":');
function readSpan(span2, tail) {
  reserve(span2, tail.length);
  span2.isOfTimelyRun = true;
  expect(span2, ROW);
  write(span2, ROW);
  let seen = 0;
  let next = 0;
  do {
    let tries = 0;
    while (!follows(span2, FIELDS[next].key)) {
      if (++tries === FIELDS.length) unusual();
      next = (next + 1) % FIELDS.length;
    }
    if (seen & 1 << next) unusual();
    seen |= 1 << next;
    FIELDS[next].read(span2);
    next = (next + 1) % FIELDS.length;
  } while (more(span2, END));
  const duration = (span2.endSeconds - span2.startSeconds) * 1e9 + span2.endNanos - span2.startNanos;
  if ((seen & REQUIRED) !== REQUIRED || duration < 0) unusual();
  if (!(seen & KIND)) write(span2, NO_KIND);
  if (!(seen & STATUS)) write(span2, UNSET);
  write(span2, DURATION);
  writeText(span2, String(duration));
  reserve(span2, tail.length);
  span2.output.set(tail, span2.to);
  span2.to += tail.length;
}
function quickRows(body, options, memory = new ArrayBuffer(2 * body.length)) {
  if (!isUtf8(body)) return void 0;
  const span2 = {
    ...options,
    input: body,
    at: 0,
    output: Buffer.from(memory),
    to: 0,
    startSeconds: 0,
    startNanos: 0,
    endSeconds: 0,
    endNanos: 0,
    isOfTimelyRun: true
  };
  let strays = 0;
  let untimely = 0;
  const each = (read) => {
    if (follows(span2, END_LIST)) return;
    do
      read();
    while (more(span2, END_LIST));
  };
  const end = () => {
    if (follows(span2, SCHEMA)) parseNext(span2);
    expect(span2, END);
  };
  try {
    expect(span2, SPANS);
    each(() => {
      expect(span2, RESOURCE);
      const shared = resourceText(object(parseNext(span2), "resource"));
      expect(span2, SCOPES);
      each(() => {
        expect(span2, SCOPE);
        const tail = bytes2(`,${shared},${scopeText(object(parseNext(span2), "scope"))}}
`);
        expect(span2, RECORDS);
        each(() => {
          const { to } = span2;
          readSpan(span2, tail);
          if (!span2.isOfTimelyRun) strays++;
          else if (!isTimely(span2.startSeconds * 1e3 + span2.startNanos / 1e6, span2.now)) untimely++;
          else return;
          span2.to = to;
        });
        end();
      });
      end();
    });
    expect(span2, END);
    if (span2.at !== body.length) return void 0;
  } catch {
    return void 0;
  }
  return { lines: span2.output.subarray(0, span2.to), ...refusals(strays, untimely) };
}

// packages/analysis/src/receiver/decode.ts
function parse(body) {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw malformed(`the body is no JSON: ${error.message}`);
  }
}
function decode(body, envelope, memory) {
  const signal = SIGNALS[envelope.table];
  const plain = envelope.isGzip ? decompress(body) : body;
  const isQuick = signal === TRACES && !envelope.isProtobuf;
  return isQuick && quickRows(plain, envelope, memory) || toRows(signal, envelope.isProtobuf ? readProtobuf(signal, plain) : parse(plain), envelope);
}

// packages/analysis/src/receiver/worker.ts
parentPort.on("message", ({ body: { buffer, length }, envelope, memory }) => {
  let result;
  try {
    result = decode(Buffer.from(buffer, 0, length), envelope, memory);
  } catch (error) {
    result = {
      status: error instanceof BadRequest ? error.status : void 0,
      reason: error.message
    };
  }
  const reply = { result, memory: buffer };
  parentPort.postMessage(reply, "lines" in result ? [buffer, result.lines.buffer] : [buffer]);
});
