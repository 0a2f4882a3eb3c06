declare module 'jstat' {
  interface Distribution {
    cdf(x: number, ...parameters: number[]): number
    inv(p: number, ...parameters: number[]): number
  }
  const jstat: {
    normal: Distribution
    studentt: Distribution
    lowRegGamma(a: number, x: number): number
    gammaln(x: number): number
  }
  export default jstat
}
