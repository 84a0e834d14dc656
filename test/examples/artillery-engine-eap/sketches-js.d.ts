// What is used of Artillery's sketches (DDSketch), so that this compiles where it is not installed.

declare module '@artilleryio/sketches-js' {
  export class DDSketch {
    static fromProto(octets: Uint8Array): DDSketch;
    readonly min: number;
    readonly max: number;
    readonly sum: number;
    readonly count: number;
    accept(value: number): void;
    merge(other: DDSketch): void;
    getValueAtQuantile(quantile: number): number;
    toProto(): Uint8Array;
  }
}
