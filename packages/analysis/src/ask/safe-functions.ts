// The functions that a SELECT of a user's may call: those that compute something of their arguments. What reads files,
// addresses, dictionaries or settings, runs something or waits is not among them; neither is what nobody has thought
// of yet.

const COMBINATORS = '(If|Array|Map|Distinct|OrNull|OrDefault|ForEach|Merge|State)*'

const AGGREGATES =
  'count|sum|avg|min|max|any|anyLast|anyHeavy|first_value|last_value|argMin|argMax|uniq|uniqExact|uniqCombined|uniqCombined64|uniqHLL12|' +
  'quantile|quantiles|quantileExact|quantilesExact|quantileExactInclusive|quantilesExactInclusive|quantileTDigest|quantilesTDigest|' +
  'median|medianExact|stddevPop|stddevSamp|varPop|varSamp|covarPop|covarSamp|corr|skewPop|skewSamp|kurtPop|kurtSamp|' +
  'groupArray|groupUniqArray|groupArraySorted|groupBitOr|groupBitAnd|topK|histogram|simpleLinearRegression|windowFunnel|retention|' +
  'sequenceMatch|sequenceCount|sumMap|minMap|maxMap|entropy'

const WINDOWS = 'row_number|rank|dense_rank|percent_rank|ntile|lag|lead|lagInFrame|leadInFrame|nth_value'

const ORDINARY = [
  // Logic and comparison.
  'and|or|not|xor|equals|notEquals|less|greater|lessOrEquals|greaterOrEquals|isNull|isNotNull|ifNull|nullIf|coalesce|assumeNotNull',
  'if|multiIf|caseWithExpression|caseWithoutExpression|in|notIn|globalIn|globalNotIn|exists|least|greatest|isFinite|isNaN|isInfinite',
  // Numbers.
  'plus|minus|multiply|divide|intDiv|intDivOrZero|modulo|positiveModulo|negate|abs|sign|round|floor|ceil|trunc|pow|sqrt|exp|log|log2|log10',
  'bitAnd|bitOr|bitXor|bitNot|bitShiftLeft|bitShiftRight|bitTest|runningDifference|widthBucket|roundDown|roundToExp2|bar',
  // Text.
  'like|notLike|ilike|notILike|match|extract|extractAll|position|positionCaseInsensitive|hasToken|startsWith|endsWith|empty|notEmpty|length|lengthUTF8',
  'lower|upper|lowerUTF8|upperUTF8|trim|trimBoth|trimLeft|trimRight|substring|substringUTF8|concat|concatWithSeparator|replaceOne|replaceAll|replaceRegexpOne|replaceRegexpAll|splitByChar|splitByString|reverse|leftPad|rightPad|format|hex|unhex|cityHash64|sipHash64|MD5|SHA256',
  'cutQueryString|cutFragment|cutURLParameter|domain|path|protocol|extractURLParameter|JSONExtractString|JSONExtractInt|JSONExtractFloat|JSONExtractBool|JSONExtractRaw|JSONExtractKeys|JSONExtractKeysAndValues|JSONHas|JSONLength',
  // Times.
  'now|now64|today|yesterday|toStartOf(Second|Minute|FiveMinutes|TenMinutes|FifteenMinutes|Hour|Day|Week|Month|Quarter|Year|Interval)|dateDiff|dateTrunc|dateAdd|dateSub|formatDateTime|timeSlot|age',
  '(add|subtract)(Seconds|Minutes|Hours|Days|Weeks|Months|Quarters|Years)|toInterval(Millisecond|Second|Minute|Hour|Day|Week|Month|Quarter|Year)',
  'to(Year|Quarter|Month|Week|DayOfYear|DayOfMonth|DayOfWeek|Hour|Minute|Second|UnixTimestamp|UnixTimestamp64Milli|UnixTimestamp64Micro|UnixTimestamp64Nano|TimeZone|Monday|YYYYMM|YYYYMMDD)',
  'fromUnixTimestamp|fromUnixTimestamp64Milli|fromUnixTimestamp64Micro|fromUnixTimestamp64Nano|UUIDv7ToDateTime|parseDateTimeBestEffort|parseDateTimeBestEffortOrNull',
  // Types.
  'to(U?Int(8|16|32|64|128|256)|Float(32|64)|String|Date|Date32|DateTime|DateTime64|UUID|Bool|Decimal(32|64|128))(OrZero|OrNull|OrDefault)?|toTypeName|toNullable|toLowCardinality|CAST|accurateCastOrNull',
  // Arrays, maps and tuples.
  'array|tuple|tupleElement|untuple|lambda|map|mapKeys|mapValues|mapContains|mapFilter|mapApply|has|hasAny|hasAll|indexOf|transform',
  'array(Join|Element|Map|Filter|Exists|All|Count|Sum|Avg|Min|Max|First|Last|FirstIndex|LastIndex|Sort|ReverseSort|Reverse|Distinct|Uniq|Concat|Slice|PushBack|PushFront|PopBack|PopFront|Zip|Enumerate|EnumerateUniq|Fold|Flatten|Difference|CumSum|StringConcat|Compact)|range|countEqual|finalizeAggregation',
].join('|')

const PERMITTED = new RegExp(`^((${AGGREGATES})${COMBINATORS}|${WINDOWS}|${ORDINARY})$`, 'i')

/** Whether a SELECT of a user's may call a function. */
export const isSafeFunction = (name: string): boolean => PERMITTED.test(name)
