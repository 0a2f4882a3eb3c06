// Prints a second configuration for the gateway, with the steps that its counters may name, whose series begin with a
// sample of 0; all others are "other":
// `node known-steps.ts checkout/cart checkout/payment > steps.yaml`, then `--config gateway.yaml --config steps.yaml`.
import { knownSteps } from './parts.ts'

const known = process.argv.slice(2)
const NAME = '[a-z0-9][a-z0-9-]{0,47}'
const wrong = known.find((pair) => !new RegExp(`^${NAME}/${NAME}$`).test(pair))
if (known.length === 0 || wrong !== undefined) {
  console.error(`${wrong ? `"${wrong}" is no step. ` : ''}usage: node known-steps.ts journey/step …`)
  process.exit(1)
}
process.stdout.write(knownSteps(known))
