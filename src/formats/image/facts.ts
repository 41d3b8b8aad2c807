import type { Walk, WalkedFacts } from "../walked/facts.ts";

export interface ImageFacts extends WalkedFacts {
  readonly kind: "png" | "jpeg" | "gif" | "webp" | "bmp" | "ico" | "tiff";
  readonly width: number;
  readonly height: number;
}

export interface ImageWalk extends Walk {
  readonly width: number;
  readonly height: number;
}
