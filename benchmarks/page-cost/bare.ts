// The page as it is without any telemetry.
export const enter = (_step: string) => {}
export const ready = () => {}
