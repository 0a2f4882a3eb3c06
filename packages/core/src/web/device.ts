import type { Attributes } from '@opentelemetry/api'

/** What the browser says of the device and the network without being asked for more. */
export function device(): Attributes {
  const { userAgentData, connection, userAgent } = navigator as Navigator & {
    userAgentData?: { mobile: boolean; platform: string }
    connection?: { type?: string; effectiveType?: string }
  }
  return {
    'telemetry.sdk.language': 'webjs',
    'browser.mobile': userAgentData?.mobile ?? /Mobi/.test(userAgent),
    ...(userAgentData?.platform && { 'browser.platform': userAgentData.platform }),
    ...(connection && {
      'network.connection.type': connection.type ?? connection.effectiveType ?? 'unknown',
    }),
  }
}
