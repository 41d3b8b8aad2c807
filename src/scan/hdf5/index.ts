export { hdf5Examiner } from "./examine.ts";
