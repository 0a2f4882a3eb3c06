// packages/analysis/src/receive/worker.ts
import { parentPort } from "node:worker_threads";

// packages/analysis/src/receive/bad-request.ts
var BadRequest = class extends Error {
  status;
  constructor(status2, message) {
    super(message);
    this.status = status2;
  }
};
var malformed = (message) => new BadRequest(400, message);

// packages/analysis/src/receive/body.ts
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

// packages/analysis/src/receive/otlp.ts
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

// packages/analysis/src/receive/protobuf.ts
import protobuf from "protobufjs/minimal.js";
var DEEPEST = 64;
var text = (name) => ({ name, wire: 2, read: (reader) => reader.string() });
var bytes = (name) => ({ name, wire: 2, read: (reader) => reader.bytes() });
var uint32 = (name) => ({ name, wire: 0, read: (reader) => reader.uint32() });
var fixed32 = (name) => ({ name, wire: 5, read: (reader) => reader.fixed32() });
var bool = (name) => ({ name, wire: 0, read: (reader) => reader.bool() });
var double = (name) => ({ name, wire: 1, read: (reader) => reader.double() });
var int64 = (name) => ({ name, wire: 0, read: (reader) => reader.int64().toString() });
var fixed64 = (name) => ({
  name,
  wire: 1,
  read(reader, buffer) {
    const at = reader.pos;
    reader.skip(8);
    return buffer.readBigUInt64LE(at);
  }
});
var nested = (name, message, repeated = false) => ({
  name,
  wire: 2,
  repeated,
  read(reader, buffer, depth) {
    const length = reader.uint32();
    return readMessage(reader, buffer, message(), reader.pos + length, depth + 1);
  }
});
var list = (name, message) => nested(name, message, true);
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
function varint(reader) {
  const byte = reader.buf[reader.pos];
  if (byte >= 128) return Number(reader.uint64().toString());
  reader.skip(1);
  return byte;
}
function checkLength(reader) {
  const at = reader.pos;
  if (varint(reader) > reader.len - reader.pos) throw malformed("the protobuf is cut off");
  reader.pos = at;
}
function readMessage(reader, buffer, message, end, depth) {
  if (end > reader.len || depth > DEEPEST) throw malformed("the protobuf is cut off or nested too deeply");
  const result = {};
  while (reader.pos < end) {
    const tag = varint(reader);
    const wire = tag & 7;
    if (tag >= 2 ** 32 || wire === 3 || wire === 4)
      throw malformed("the protobuf has a field that no OTLP has");
    if (wire === 2) checkLength(reader);
    const field = message[tag >>> 3];
    if (!field) {
      if (tag >>> 3 === 0) throw malformed("the protobuf has a field 0, which there cannot be");
      reader.skipType(wire);
      continue;
    }
    if (field.wire !== wire) throw malformed(`the protobuf's ${field.name} has the wrong type`);
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

// packages/core/src/event-spans.ts
var EVENT_SPANS = [
  "throughline.step.enter" /* STEP_ENTER */,
  "throughline.step.ready" /* STEP_READY */,
  "throughline.step.leave" /* STEP_LEAVE */,
  "throughline.run.end" /* RUN_END */,
  "throughline.exposure" /* EXPOSURE */,
  "browser.web_vital" /* WEB_VITAL */,
  "exception" /* EXCEPTION */,
  "throughline.first_interaction" /* FIRST_INTERACTION */,
  "throughline.satisfaction" /* SATISFACTION */,
  "throughline.delivery" /* DELIVERY */,
  "throughline.alias" /* ALIAS */,
  "throughline.mark" /* MARK */
];
var PREFIXES = /^throughline\.(event|conversion)\./;
var KEYS = ["throughline.run.outcome" /* RUN_OUTCOME */, "throughline.run.outcome_at" /* RUN_OUTCOME_AT */, "throughline.run.end_reason" /* RUN_END_REASON */];
var isEventOnly = (key) => PREFIXES.test(key) || KEYS.includes(key);

// packages/core/src/ids.ts
function uuidv7Time(id) {
  return typeof id === "string" && /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id) ? Number.parseInt(id.replace("-", ""), 16) : void 0;
}

// packages/core/src/limits.ts
var DAY = 864e5;
var LONGEST_WITHIN = 366 * DAY;
var isBetween = (time, now, past) => time >= now - past * DAY && time <= now + 3 * DAY;
var isRunId = (id, now) => isBetween(uuidv7Time(id), now, 400);
var isTimely = (time, now) => isBetween(time, now, 31);

// packages/analysis/src/receive/times.ts
var LAST = 2n ** 63n - 1n;
function nanoseconds(value, what) {
  if (value === void 0 || value === null) return 0n;
  const isWhole = typeof value === "string" ? /^(0|[1-9]\d{0,18})$/.test(value) : Number.isInteger(value);
  const time = typeof value === "bigint" ? value : isWhole ? BigInt(value) : -1n;
  if (time >= 0n && time <= LAST) return time;
  throw malformed(`${what} must be nanoseconds since 1970, not ${JSON.stringify(String(value))}`);
}
var HEX = /^[\da-f]+$/i;
var ZEROS = /^0+$/;
function hexId(value, digits, what) {
  if (value === void 0 || value === null || value === "") return "";
  const text2 = value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
  if (text2 === "") return "";
  if (typeof text2 !== "string" || text2.length !== digits || !HEX.test(text2))
    throw malformed(`${what} must be ${digits} hex digits`);
  return ZEROS.test(text2) ? "" : text2.toLowerCase();
}

// packages/analysis/src/receive/values.ts
var UNSAFE = /["\\\u0000-\u001f\ud800-\udfff]/;
var quote = (text2) => UNSAFE.test(text2) ? JSON.stringify(text2.replace(/\p{Surrogate}/gu, "\uFFFD")) : `"${text2}"`;
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
  const isText = typeof value === "string" && /^\d{1,10}$/.test(value);
  const number = typeof value === "number" || isText ? Number(value) : Number.NaN;
  if (Number.isInteger(number) && number >= 0 && number < 2 ** 32) return number;
  throw malformed(`${what} must be a whole number`);
}
var DEEPEST2 = 64;
function integer(value) {
  const text2 = typeof value === "number" && Number.isInteger(value) ? BigInt(value).toString() : value;
  if (typeof text2 === "string" && /^-?\d{1,19}$/.test(text2)) return text2;
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
    const text2 = double2(any.doubleValue);
    return Number.isFinite(Number(text2)) ? text2 : "null";
  }
  if (any.boolValue !== void 0) return String(boolean(any.boolValue));
  if (any.bytesValue !== void 0) return quote(base64(any.bytesValue));
  if (any.arrayValue !== void 0)
    return `[${list2(object(any.arrayValue, "arrayValue").values, "values").map((item) => nested2(item, depth + 1))}]`;
  if (any.kvlistValue === void 0) return "null";
  const entries = list2(object(any.kvlistValue, "kvlistValue").values, "values").map(
    (pair) => [string(pair.key, "a key"), nested2(pair.value, depth + 1)]
  );
  return `{${entries.sort(([a], [b]) => a < b ? -1 : 1).map(([key, text2]) => `${quote(key)}:${text2}`)}}`;
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
  const text2 = `${quote(key)}:`;
  if (keys.size < 1e3 && key.length < 100) keys.set(key, text2);
  return text2;
}
function attributesText(attributes2, each = (_, value) => value) {
  let text2 = "";
  for (const { key, value } of list2(attributes2, "attributes")) {
    if (typeof key !== "string") throw malformed("an attribute has no key");
    const taken = each(key, asText(value));
    if (taken !== void 0) text2 += `${text2 && ","}${quoteKey(key)}${quote(taken)}`;
  }
  return `{${text2}}`;
}

// packages/analysis/src/receive/rows.ts
var AHEAD = 6e4;
var MOST_TEXT = 256 * 2 ** 20;
var KINDS = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];
var STATUSES = ["Unset", "Ok", "Error"];
function enumName(value, from, prefix) {
  const name = typeof value === "number" ? from[value] : from.find((each) => value === prefix + each.toUpperCase());
  if (name === void 0) throw malformed(`${JSON.stringify(value)} is no ${prefix}\u2026`);
  return name;
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
  const duration = end - start;
  if (duration < 0n) throw malformed(`span ${spanId} ends before it starts, or has no end`);
  const kind = enumName(span2.kind ?? 0, KINDS, "SPAN_KIND_");
  let text2 = `"Timestamp":${start},"TraceId":"${traceId}","SpanId":"${spanId}","SpanName":${quote(string(span2.name, "a span's name"))},"SpanKind":"${kind}","SpanAttributes":${attributes2},"Duration":${duration},${statusText(object(span2.status, "a span's status"))}`;
  const parent = hexId(span2.parentSpanId, 16, "a span's parentSpanId");
  if (parent) text2 += `,"ParentSpanId":"${parent}"`;
  if (span2.traceState) text2 += `,"TraceState":${quote(string(span2.traceState, "a span's traceState"))}`;
  const events = eventsText(span2.events);
  if (events) text2 += `,${events}`;
  const links = linksText(span2.links);
  if (links) text2 += `,${links}`;
  return text2;
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
    if (start === 0n) throw malformed("a span has no startTimeUnixNano");
    return start;
  }
  const time = nanoseconds(record.timeUnixNano, "a log record's timeUnixNano");
  if (time !== 0n) return time;
  const seen = nanoseconds(record.observedTimeUnixNano, "a log record's observedTimeUnixNano");
  return seen === 0n ? BigInt(now) * 1000000n : seen;
}
function resourceText({ attributes: attributes2 }) {
  const service = list2(attributes2, "attributes").find(({ key }) => key === "service.name");
  return `"ServiceName":${quote(asText(service?.value))},"ResourceAttributes":${attributesText(attributes2)}`;
}
var scopeText = ({ name, version }) => `"ScopeName":${quote(string(name, "a scope's name"))},"ScopeVersion":${quote(string(version, "a scope's version"))}`;
var withAhead = (attributes2, ahead) => `${attributes2.slice(0, -1)}${attributes2.length > 2 ? "," : ""}"${"throughline.event.ahead_ms" /* EVENT_AHEAD */}":"${ahead}"}`;
var STRAYS = "of a run whose id is no UUIDv7 of the last 400 days";
var UNTIMELY = "over 31 days old or more than three days ahead";
var FORGED = `of the name ${"throughline.mark" /* MARK */}, which only a server may send`;
var MISPLACED = "attributes that only event spans may carry";
var wording = (what, tally) => tally.size > 0 ? [`${what}: ${Array.from(tally, ([reason, count]) => `${count} ${reason}`).join("; ")}`] : [];
function toRows(signal, request2, { isPublic, now }) {
  const body = object(request2 ?? "nothing", "the body");
  if (!(signal.resources in body) && Object.keys(body).length > 0)
    throw malformed(`the body is no OTLP: it has no ${signal.resources}`);
  let lines = "";
  const refused = /* @__PURE__ */ new Map();
  const dropped = /* @__PURE__ */ new Map();
  const count = (tally, what) => tally.set(what, (tally.get(what) ?? 0) + 1);
  let isStray = false;
  let isEvent = false;
  const each = (key, value) => {
    if (isPublic && key === "throughline.event.ahead_ms" /* EVENT_AHEAD */) return;
    if (key === "throughline.run.id" /* RUN_ID */ && !isRunId(value, now)) isStray = true;
    if (isEventOnly(key) && !isEvent) return void count(dropped, MISPLACED);
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
        isStray = false;
        isEvent = signal === TRACES && EVENT_SPANS.includes(record.name);
        const said = timeOf(signal, record, now);
        const isDated = record.name !== "throughline.delivery" /* DELIVERY */ || signal !== TRACES || isTimely(Number(said) / 1e6, now);
        const time = isDated ? said : BigInt(now) * 1000000n;
        if (!isDated) record.endTimeUnixNano = `${time}`;
        const own = attributesText(record.attributes, each);
        const ahead = isEvent ? Math.round(Number(time) / 1e6 - now) : 0;
        const text2 = toText(record, time, ahead > AHEAD ? withAhead(own, ahead) : own);
        if (isStray) count(refused, STRAYS);
        else if (!isTimely(Number(time) / 1e6, now)) count(refused, UNTIMELY);
        else if (isPublic && isEvent && record.name === "throughline.mark" /* MARK */) count(refused, FORGED);
        else lines += `{${text2},${tail}}
`;
        if (lines.length > MOST_TEXT)
          throw malformed("the attributes of a resource, repeated for each of its records, are too large");
      }
    }
  }
  const bytes2 = Buffer.allocUnsafeSlow(Buffer.byteLength(lines));
  bytes2.write(lines);
  return {
    lines: bytes2,
    rejected: Array.from(refused.values()).reduce((sum, n) => sum + n, 0),
    message: [...wording("refused", refused), ...wording("dropped", dropped)].join(". ")
  };
}

// packages/analysis/src/receive/decode.ts
function parse(body) {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw malformed(`the body is no JSON: ${error.message}`);
  }
}
function decode(body, envelope) {
  const signal = SIGNALS[envelope.table];
  const plain = envelope.isGzip ? decompress(body) : body;
  return toRows(signal, envelope.isProtobuf ? readProtobuf(signal, plain) : parse(plain), envelope);
}

// packages/analysis/src/receive/worker.ts
parentPort.on("message", ({ body: { buffer, length }, envelope }) => {
  try {
    const rows = decode(Buffer.from(buffer, 0, length), envelope);
    parentPort.postMessage(rows, [rows.lines.buffer]);
  } catch (error) {
    const status2 = error instanceof BadRequest ? error.status : void 0;
    parentPort.postMessage({ status: status2, reason: error.message });
  }
});
