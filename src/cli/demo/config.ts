/** The demo's configuration, as the file that a newcomer can read. The secret comes from the environment, as it should. */
export const demoConfig = (
  forge: string,
): string => `# Written by "signalbox dev" at every start: copy it to keep it.
version: 1
data: ..
public: { host: 127.0.0.1 }
sources:
  github:
    secret: "\${env:SIGNALBOX_DEMO_SECRET}"
    token: "\${env:SIGNALBOX_DEMO_TOKEN}"
    api: "${forge}" # stands in for GitHub on this machine
git: { allowFile: true } # the demo's repository is a folder
rules:
  - name: test
    on: [push, patch]
    branch: $default
    run: sh ./test.sh
    report: [github]
  - name: release
    on: tag
    run: echo "would release $SIGNALBOX_REF"
`;
