import { describe, expect, it } from 'vitest'
import { hostName, isPrivateHost } from './private-hosts'

const isPrivate = (host: string) => isPrivateHost(hostName(host))

describe('a host is private', () => {
  it.each([
    ...['localhost', 'LOCALHOST:3000', 'api.localhost', 'billing', 'billing:8080', 'billing.', 'postgres_1'],
    ...[
      'printer.local',
      'billing.shop.svc',
      'billing.shop.svc.cluster.local',
      'api.internal',
      'API.Internal.',
    ],
    ...['127.0.0.1', '127.9.9.9:80', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.178.1', '0x7f.1'],
    ...['[::1]', '::1', '[fc00::1]:80', 'fd12:3456::1', '[::ffff:10.0.0.1]', '[::ffff:192.168.0.1]'],
  ])('%s', (host) => expect(isPrivate(host)).toBe(true))
})

describe('a host is not private', () => {
  it.each([
    ...[
      'api.stripe.com',
      'example.com:8080',
      'local.example',
      'internal.example.com',
      'svc.example',
      'xlocal.example',
    ],
    ...[
      '10.example.com',
      '10.0.0.1.nip.io',
      '127.0.0.1.example',
      '8.8.8.8',
      '172.15.0.1',
      '172.32.0.1',
      '192.169.0.1',
    ],
    ...[
      '11.0.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '134744072',
      '[2001:db8::1]',
      '2606:4700::1111',
    ],
    ...['[::ffff:8.8.8.8]', '[fe80::1]', '[::]', 'fc.example', 'fd00.example'],
    ...['', ':', ':80', 'a b', 'user@billing', 'billing/x.example', 'http://billing', '[', '[::1', '..', '.'],
  ])('%s', (host) => expect(isPrivate(host)).toBe(false))
})
