/** What a statement may say. Each has a page in docs/spec/; a change that a reader of /v1 would misread gets a /v2. */
export const PREDICATE = {
  examination: "https://weighbridge.dev/examination/v1",
  admission: "https://weighbridge.dev/admission/v1",
  approval: "https://weighbridge.dev/approval/v1",
  revocation: "https://weighbridge.dev/revocation/v1",
  policySet: "https://weighbridge.dev/policy-set/v1",
  genesis: "https://weighbridge.dev/genesis/v1",
  rotation: "https://weighbridge.dev/key-rotation/v1",
  alias: "https://weighbridge.dev/alias/v1",
  deployment: "https://weighbridge.dev/deployment/v1",
  role: "https://weighbridge.dev/role/v1",
  accessPolicySet: "https://weighbridge.dev/access-policy-set/v1",
} as const;
