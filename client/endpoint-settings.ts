import { LEAST_ENDPOINT_PORT, MOST_ENDPOINT_PORT, type SettingProblem, settingSchemas } from "../shared/settings.ts";

/** Whether the local endpoint listens, and at which port. */
export interface EndpointSettings {
  enabled: boolean;
  port: number;
}

/**
 * `wayfare.endpoint.enabled` and `wayfare.endpoint.port` as they are used, and what is wrong with what is written. Nothing
 * listens where it is not said plainly that it should.
 */
export function readEndpointSettings(written: { enabled: unknown; port: unknown }): {
  settings: EndpointSettings;
  problems: SettingProblem[];
} {
  const problems: SettingProblem[] = [];
  const enabled = settingSchemas["endpoint.enabled"].safeParse(written.enabled ?? undefined);
  if (!enabled.success) {
    problems.push({
      field: "wayfare.endpoint.enabled",
      message: `${JSON.stringify(written.enabled)} is neither true nor false. The local endpoint stays off. Write one of them.`,
    });
  }
  const port = settingSchemas["endpoint.port"].safeParse(written.port ?? undefined);
  const usual = settingSchemas["endpoint.port"].parse(undefined);
  if (!port.success) {
    problems.push({
      field: "wayfare.endpoint.port",
      message: `${JSON.stringify(written.port)} is not a port from ${LEAST_ENDPOINT_PORT} to ${MOST_ENDPOINT_PORT}. ${usual} is used. Write a whole number between them.`,
    });
  }
  return { settings: { enabled: enabled.data ?? false, port: port.data ?? usual }, problems };
}
