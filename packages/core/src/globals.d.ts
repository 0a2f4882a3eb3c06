/** False in the build behind the export condition `production`. */
declare const __DEV__: boolean
