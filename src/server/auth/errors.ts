import { WeighbridgeError } from "../../errors.ts";

export type SignInErrorCode =
  /** Nobody is signed in, or not any more. */
  | "WB_SIGN_IN_NEEDED"
  /** A token is nobody's, expired, or was revoked. */
  | "WB_SIGN_IN_TOKEN"
  /** A token is not for the API. */
  | "WB_SIGN_IN_SCOPE"
  /** A sign-in link was used, is over, or never was one. */
  | "WB_SIGN_IN_LINK"
  /** Too many sign-ins were tried from one address. */
  | "WB_SIGN_IN_LIMITED"
  /** No identity provider is configured. */
  | "WB_SIGN_IN_NO_PROVIDER"
  /** An answer of the identity provider belongs to no sign-in that this browser began. */
  | "WB_SIGN_IN_FLOW"
  /** The identity provider, or the person there, said no. */
  | "WB_SIGN_IN_DECLINED"
  /** The identity provider cannot be reached, or what it says is not right. */
  | "WB_SIGN_IN_PROVIDER";

/** Somebody is not signed in, and cannot be. */
export class SignInError extends WeighbridgeError<SignInErrorCode> {}

/** Too many tries: how long to wait. */
export class SignInLimitedError extends SignInError {
  readonly seconds: number;

  constructor(seconds: number) {
    super("WB_SIGN_IN_LIMITED", "too many sign-ins were tried from your address", { hint: `Wait ${seconds} seconds, then try again.` });
    this.seconds = seconds;
  }
}
