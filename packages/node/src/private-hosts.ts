/**
 * A host name as `URL` writes it: lower case, IDNs in ASCII, IPv4 in four decimals; an empty string when it is none.
 */
export function hostName(host: string): string {
  const isBareIPv6 = /^[\da-f:.]+$/i.test(host) && host.split(':').length > 2
  if (/[/@?#\\\s]/.test(host)) return ''
  try {
    return new URL(`http://${isBareIPv6 ? `[${host}]` : host}`).hostname.replace(/\.$/, '')
  } catch {
    return ''
  }
}

const PRIVATE_IPV4 = /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./

function isPrivateIPv6(address: string): boolean {
  // `URL` writes IPv4 in IPv6 as two groups of hex digits.
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(address)
  if (!mapped) return address === '::1' || /^f[cd][\da-f]{2}:/.test(address)
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)]
  return PRIVATE_IPV4.test([high >> 8, high & 255, low >> 8, low & 255].join('.'))
}

/**
 * Whether a host can only be one of your own network: loopback, RFC 1918, unique local IPv6 addresses (RFC 4193),
 * names of one label, and names under `.localhost`, `.local`, `.internal` and `.svc`. Anything else may be anybody's.
 *
 * @param host as `hostName` returns it
 */
export function isPrivateHost(host: string): boolean {
  if (host.startsWith('[')) return isPrivateIPv6(host.slice(1, -1))
  if (/^[\d.]+$/.test(host)) return PRIVATE_IPV4.test(host)
  return host !== '' && (!host.includes('.') || /\.(localhost|local|internal|svc)$/.test(host))
}
