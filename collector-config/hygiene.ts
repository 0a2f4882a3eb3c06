// What a gateway lets through: the rules, once, and the OpenTelemetry Collector's statements for each place that can
// hold attributes. The transformation language has no functions of one's own, so `generate.ts` writes them out.

/** A variable of the collector's environment. */
export const env = (name: string, fallback: string): string => `$\{env:${name}:-${fallback}}`

/** Somewhere that attributes are kept: its path, and texts beside them. */
interface Place {
  readonly attributes: string
  /** When it holds attributes at all, if not always. */
  readonly where?: string
  readonly texts: readonly string[]
  /** Attributes that stay where there are too many. */
  readonly first: readonly string[]
}

const CONTEXT = ['journey.name', 'journey.version', 'run.id', 'step.name', 'step.index', 'step.attempt']
const VISIT = ['visit.id', 'visit.index', 'visit.after']
const EVENT = [
  'event.id',
  'event.source',
  'event.seq',
  'page.id',
  'run.outcome',
  'run.outcome_at',
  'subject.id',
]
const ours = (names: readonly string[]) => names.map((name) => `throughline.${name}`)

const RESOURCE: Place = {
  attributes: 'resource.attributes',
  texts: [],
  first: [
    'service.name',
    'service.version',
    'service.instance.id',
    'throughline.schema.version',
    // Machines are told from people by it.
    'user_agent.synthetic.type',
    'browser.mobile',
    'browser.platform',
    'network.connection.type',
    'geo.country.iso_code',
  ],
}
const SCOPE: Place = { attributes: 'scope.attributes', texts: [], first: [] }
const SPAN: Place = {
  attributes: 'span.attributes',
  texts: ['span.name', 'span.status.message'],
  first: [...ours([...CONTEXT, ...VISIT, ...EVENT]), 'session.id'],
}
const SPAN_EVENT: Place = { attributes: 'spanevent.attributes', texts: ['spanevent.name'], first: [] }
const LOG: Place = {
  attributes: 'log.attributes',
  texts: [],
  first: [...ours([...CONTEXT, ...VISIT]), 'session.id'],
}

const BODY: Place = { attributes: 'log.body', where: 'IsMap(log.body)', texts: [], first: [] }

/** The longest value of an attribute, and how many attributes there can be. */
const LONGEST_VALUE = 4096
const MOST_ATTRIBUTES = 128
/** As many as SDKs keep. */
const MOST_EVENTS = 128
const LONGEST_BODY = 65_536

/** Parts of a key, between dots, dashes or underscores, that say that its value lets somebody in. */
const SECRET_WORDS = [
  'authori[sz]ation',
  'cookie2?s?',
  'pass(wor[dt]|wd|phrase|code)',
  'secrets?',
  'credentials?',
  'api[._-]?keys?',
  '(access|private|secret|signing|subscription|functions?)[._-]?keys?',
  '(access|refresh|id|auth|bearer|csrf|xsrf|security|session|api)[._-]?tokens?',
  'jwt',
  'bearer',
]
/** In the name of a header, any of these anywhere. */
const SECRET_HEADERS = [
  'auth',
  'cookie',
  'token',
  'key',
  'secret',
  'session',
  'signature',
  'credential',
  'passw',
]
/** Keys that hold a query or a fragment and nothing else. */
const QUERIES = [
  'url[._](query|fragment)',
  '(http[._])?(request[._])?(url[._])?query([._]?string|[._]?params?)?',
  '(http[._])?(request[._])?(url[._])?(query|search)[._]?(string|params?)[._].+',
]
/** Keys of addresses, which may be relative: the query and the fragment go from each. */
const ADDRESSES = [
  'url.full',
  'url.original',
  'url.path',
  'http.url',
  'http.target',
  'http.path',
  'http.referer',
  'http.referrer',
  'http.request.uri',
  'http.request.referrer',
  'http.request.header.referer',
  'http.request.header.referer.0',
  'http.response.header.location',
  'http.response.header.location.0',
  'browser.document.url.full',
  'browser.page.url',
  'document.referrer',
  'document.url',
]

/** Where a rule has something to do, there is one of its signs, in small letters. */
const SIGNS = {
  nested: ['":{', '[{', '":['],
  secret: ['authori', 'cookie', 'pass', 'secret', 'credential', 'key', 'token', 'jwt', 'bearer'],
  header: ['header', 'metadata'],
  search: ['query', 'search', 'fragment'],
  query: ['?', '#'],
  user: ['@'],
  authorization: ['authori', 'cookie', 'api'],
  password: ['passw', 'pwd', 'secret', 'api'],
  token: ['token'],
  bearer: ['bearer'],
  basic: ['basic'],
}
type Sign = keyof typeof SIGNS

/**
 * In any text: what it looks like, what is left of it, and its signs. A stack's line and column stay, which stand
 * behind an address's query.
 */
const IN_TEXTS: readonly (readonly [pattern: string, rest: string, sign: Sign])[] = [
  // Who signs in, in an address: `https://user:password@host`. A pattern that begins with `://` is quick to look for.
  ['(://)[^/?#\\s"\'<>]*@', '$1', 'user'],
  // Queries and fragments of whole addresses, and of paths.
  ['(?i)(://[^\\s?#"\'<>()]*\\.[cm]?[jt]sx?)[?#][^\\s"\'<>()]*?((:\\d+){1,2})([\\s)]|$)', '$1$2$4', 'query'],
  ['(://[^\\s?#"\'<>]*)[?#][^\\s"\'<>]*', '$1', 'query'],
  ['(^|[\\s"\'(\\[=])(\\.{0,2}/[^\\s?#"\'<>]*)[?#][^\\s"\'<>]*', '$1$2', 'query'],
  // Headers, and settings of a command line, that somebody wrote into a message.
  [
    '(?i)\\b((proxy[-_])?authori[sz]ation|(set[-_])?cookie|x[-_]api[-_]key)(\\\\?["\'])?\\s*[:=]\\s*[^\\r\\n]+',
    '$1: redacted',
    'authorization',
  ],
  [
    '(?i)\\b(password|passwd|pwd|secret|api[-_]?key)(\\\\?["\'])?\\s*[:=]\\s*[^\\s&,;}]+',
    '$1: redacted',
    'password',
  ],
  [
    '(?i)\\b((access|refresh|id|auth)[-_]?token)(\\\\?["\'])?\\s*[:=]\\s*[^\\s&,;}]+',
    '$1: redacted',
    'token',
  ],
  ['(?i)\\b(bearer)\\s+[a-z0-9+/=._~-]{6,}', '$1 redacted', 'bearer'],
  ['\\b((?i:basic))\\s+[A-Za-z0-9+/]*([0-9+/=]|[a-z][A-Z])[A-Za-z0-9+/=]*', '$1 redacted', 'basic'],
]
/** A list or a map in which one of them, or a key, may hide: those are laid flat. */
const MAY_HIDE = '(?i)(":|\\[)\\{|":\\[[^\\]]*(://|[?#=]|bearer|basic|authori)'

/** `a|b|c` in as many parts as lines of a readable length take. */
function inParts(words: readonly string[]): string[] {
  const parts: string[] = []
  for (const word of words) {
    const last = parts.at(-1)
    if (last !== undefined && last.length + word.length < 70) parts[parts.length - 1] = `${last}|${word}`
    else parts.push(word)
  }
  return parts
}

/** A regular expression, or what replaces it, as a string of the transformation language; `$$` is YAML's `$`. */
const regex = (pattern: string) =>
  `"${pattern.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`
const key = (path: string, name: string) => `${path}["${name}"]`
const list = (names: readonly string[]) => `[${names.map((name) => `"${name}"`).join(', ')}]`

/** Whether a text has one of these in it: quick, as looking for a pattern in every value is not. */
const hasAny = (text: string, signs: readonly string[]) =>
  signs.map((sign) => `IsMatch(${text}, ${regex(sign.replace(/[?{[]/g, '\\$&'))})`).join(' or ')

/** Where it is kept whether a place has a sign in it, so that it is found out once. */
const flag = (attributes: string, sign: string) =>
  `${attributes.split('.')[0]}.cache["${attributes} ${sign}"]`
const has = (attributes: string, sign: Sign) => `${flag(attributes, sign)} == true`

/** What is left of a place once nothing in it lets anybody in, or tells what they looked for. */
function withoutSecrets({ attributes, where, texts }: Place): string[] {
  const said = `${attributes.split('.')[0]}.cache["said"]`
  const all = [`String(${attributes})`, ...texts]
  const rule = (editor: string, sign: Sign) => `${editor} where ${has(attributes, sign)}`
  const forget = (pattern: string, sign: Sign) =>
    rule(`delete_matching_keys(${attributes}, ${regex(pattern)})`, sign)
  const inAttributes = [
    `${rule(`flatten(${attributes})`, 'nested')} and IsMatch(String(${attributes}), ${regex(MAY_HIDE)})`,
    ...inParts(SECRET_WORDS).map((words) => forget(`(?i)(^|[._-])(${words})($|[._-])`, 'secret')),
    ...inParts(SECRET_HEADERS).map((words) => forget(`(?i)(header|metadata)s?[._].*(${words})`, 'header')),
    ...QUERIES.map((words) => forget(`(?i)^${words}$`, 'search')),
    ...ADDRESSES.map((name) =>
      rule(`replace_pattern(${key(attributes, name)}, ${regex('(?s)[?#].*$')}, "")`, 'query'),
    ),
    ...IN_TEXTS.map(([pattern, rest, sign]) =>
      rule(`replace_all_patterns(${attributes}, "value", ${regex(pattern)}, ${regex(rest)})`, sign),
    ),
  ]
  return [
    `set(${said}, ToLowerCase(Concat([${all.join(', ')}], " ")))`,
    ...Object.entries(SIGNS).map(
      ([sign, words]) => `set(${flag(attributes, sign)}, true) where ${hasAny(said, words)}`,
    ),
    ...inAttributes.map((line) => (where ? `${line} and ${where}` : line)),
    ...texts.flatMap((text) => cleanText(text, attributes)),
  ]
}

const cleanText = (text: string, attributes: string) =>
  IN_TEXTS.map(
    ([pattern, rest, sign]) =>
      `replace_pattern(${text}, ${regex(pattern)}, ${regex(rest)}) where ${has(attributes, sign)}`,
  )

const bounded = ({ attributes, first }: Place) => [
  `truncate_all(${attributes}, ${LONGEST_VALUE})`,
  `limit(${attributes}, ${MOST_ATTRIBUTES}, ${list(first)})`,
]

const NAME = '^[a-z0-9][a-z0-9-]{0,47}$'
const UUIDV7 = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
const HEX_ID = '^[0-9a-f]{32}$'
const NUMBER = '^\\d+(\\.\\d+)?(e[+-]?\\d+)?$'
const MILLISECONDS = '^\\d{1,15}$'
const JOURNEY_KEYS = '^throughline\\.(journey|run|step|visit|hypothesis)\\.'
const EVENT_KEYS = '^throughline\\.(event\\..*|conversion\\..*|run\\.(outcome|outcome_at|end_reason))$'
/** The spans that are events. */
const EVENTS = [
  '^throughline\\.(step\\.(enter|ready|leave)|run\\.end|exposure|first_interaction)$',
  '^throughline\\.(satisfaction|delivery|alias|mark)$',
  '^(browser\\.web_vital|exception)$',
]

/** What the journey's own attributes can be: numbers are texts of digits too, which is what other languages stamp. */
const CONTEXT_VALUES: readonly (readonly [name: string, pattern: string])[] = [
  ['journey.version', '^[A-Za-z0-9_.-]{1,32}$'],
  ['step.name', NAME],
  ['step.index', '^\\d{1,4}$'],
  ['step.attempt', '^\\d{1,4}$'],
  ['visit.id', HEX_ID],
  ['visit.index', '^[1-9]\\d{0,3}$'],
  ['visit.after', '^\\d{1,4}$'],
  ['run.threshold', '^[0-9a-f]{1,14}$'],
]
const EVENT_VALUES: readonly (readonly [name: string, pattern: string])[] = [
  ['event.id', HEX_ID],
  ['event.legacy_id', HEX_ID],
  ['page.id', HEX_ID],
  ['event.source', '^(browser|server)$'],
  ['step.ready_source', '^(app|component|auto)$'],
  ['step.outcome', '^(completed|returned|left|failed)$'],
  ['run.outcome', '^(converted|failed|abandoned)$'],
  ['mark.kind', '^(deploy|incident)$'],
  ['event.resent', '^true$'],
  ['event.seq', '^\\d{1,9}$'],
  ['step.ready_ms', NUMBER],
  ['step.first_input_ms', NUMBER],
  ['first_interaction.duration_ms', NUMBER],
  ['run.outcome_at', MILLISECONDS],
  ['mark.end', MILLISECONDS],
]

const only = (path: string) => (pair: readonly [name: string, pattern: string]) => {
  const at = key(path, `throughline.${pair[0]}`)
  return `delete_key(${path}, "throughline.${pair[0]}") where not IsMatch(${at}, ${regex(pair[1])})`
}

/** Holds a span's or a log record's journey to the wire contract. */
function journeyOf(context: 'span' | 'log'): string[] {
  const path = `${context}.attributes`
  const run = key(path, 'throughline.run.id')
  const started = `${context}.cache["started"]`
  const forget = `delete_matching_keys(${path}, ${regex(JOURNEY_KEYS)}) where`
  const oldest = `${env('THROUGHLINE_OLDEST_RUN_MS', '34560000000')}`
  return [
    // No journey without a run that can have been: a UUIDv7, whose first 48 bits are its start in ms.
    `${forget} not IsMatch(${run}, ${regex(UUIDV7)})`,
    `set(${started}, ParseInt(Concat([Substring(${run}, 0, 8), Substring(${run}, 9, 4)], ""), 16)) where ${run} != nil`,
    `${forget} ${started} != nil and (${started} < UnixMilli(Now()) - ${oldest} or ${started} > UnixMilli(Now()) + 259200000)`,
    `${forget} not IsMatch(${key(path, 'throughline.journey.name')}, ${regex(NAME)})`,
    ...CONTEXT_VALUES.map(only(path)),
  ]
}

/** Variants: a name that is none goes with its value, a value that is none goes. */
const HYPOTHESES = [
  `delete_matching_keys(span.attributes, ${regex('^throughline\\.hypothesis\\.([^a-z0-9]|.[a-z0-9-]*[^a-z0-9-]|.{49})')})`,
  'set(span.cache, span.attributes)',
  `keep_matching_keys(span.cache, ${regex('^throughline\\.hypothesis\\.')})`,
  `replace_all_patterns(span.cache, "value", ${regex('(?s)^([^a-z0-9].*|.[a-z0-9-]*[^a-z0-9-].*|.{49,})$')}, "")`,
  'merge_maps(span.attributes, span.cache, "update")',
]

/** Ids that are too long go, since two that are cut off could become one. */
const SUBJECTS = ['throughline.subject.id', 'throughline.subject.previous', 'session.id'].map((name) => {
  const at = key('span.attributes', name)
  return `delete_key(span.attributes, "${name}") where IsString(${at}) and Len(${at}) > 256`
})

/** What a conversion is worth, read as `readWorth` of `@throughline/core` reads it. */
const VALUE = key('span.attributes', 'throughline.conversion.value')
const CURRENCY = key('span.attributes', 'throughline.conversion.currency')
const WORTH = [
  ...[VALUE, CURRENCY].map(
    (at) => `replace_pattern(${at}, ${regex('^\\s+|\\s+$')}, "") where IsString(${at})`,
  ),
  `delete_key(span.attributes, "throughline.conversion.value") where IsString(${VALUE}) and not IsMatch(${VALUE}, ${regex('^[+-]?(\\d+\\.?\\d*|\\.\\d+)$')})`,
  `set(${VALUE}, Double(${VALUE})) where IsString(${VALUE})`,
  only('span.attributes')(['conversion.value', NUMBER]),
  `set(${CURRENCY}, ToUpperCase(${CURRENCY})) where IsString(${CURRENCY})`,
  only('span.attributes')(['conversion.currency', '^[A-Z]{3}$']),
]

const isNoEvent = `not (${EVENTS.map((pattern) => `IsMatch(span.name, ${regex(pattern)})`).join(' or ')})`

/** The statements for spans, a group for each context. */
export const SPAN_STATEMENTS: readonly (readonly string[])[] = [
  [...withoutSecrets(RESOURCE), ...bounded(RESOURCE)],
  [...withoutSecrets(SCOPE), ...bounded(SCOPE)],
  [
    // What only an event says is believed of event spans alone: anyone can send baggage, and services stamp it.
    `delete_matching_keys(span.attributes, ${regex(EVENT_KEYS)}) where ${isNoEvent}`,
    ...journeyOf('span'),
    ...HYPOTHESES,
    ...SUBJECTS,
    ...EVENT_VALUES.map(only('span.attributes')),
    'set(span.attributes["throughline.event.resent"], "true") where span.attributes["throughline.event.resent"] != nil',
    ...WORTH,
    ...withoutSecrets(SPAN),
    ...bounded(SPAN),
    // Nothing can look into a link, so only those of our own stay: from a visit to the one before it.
    'set(span.links, nil) where span.name != "throughline.step.enter" or Len(span.links) > 1',
    `set(span.dropped_events_count, Len(span.events)) where Len(span.events) > ${MOST_EVENTS}`,
    `set(span.events, nil) where Len(span.events) > ${MOST_EVENTS}`,
  ],
  [...withoutSecrets(SPAN_EVENT), ...bounded(SPAN_EVENT)],
]

/** The statements for log records. */
export const LOG_STATEMENTS: readonly (readonly string[])[] = [
  [...withoutSecrets(RESOURCE), ...bounded(RESOURCE)],
  [...withoutSecrets(SCOPE), ...bounded(SCOPE)],
  [
    // No log record is an event.
    `delete_matching_keys(log.attributes, ${regex(EVENT_KEYS)})`,
    ...journeyOf('log'),
    ...withoutSecrets(LOG),
    ...bounded(LOG),
    // A body that is a map is held to the same rules; a list becomes text.
    'set(log.body, String(log.body)) where IsList(log.body)',
    ...withoutSecrets(BODY),
    ...cleanText('log.body', 'log.body').map((line) => `${line} and IsString(log.body)`),
    `set(log.body, Substring(log.body, 0, ${LONGEST_BODY})) where IsString(log.body) and Len(log.body) > ${LONGEST_BODY}`,
    ...bounded(BODY).map((line) => `${line} where IsMap(log.body)`),
  ],
]
