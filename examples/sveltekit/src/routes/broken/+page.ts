export const load = () => {
  throw new TypeError('no such page of ours')
}
