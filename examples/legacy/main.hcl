# An organization that still works with Partoo's legacy permissions, and the files that
# "rolecall partoo legacy --generate legacy legacy" writes for it. What they do:
# docs/guides/leaving-legacy-permissions.md

provider "partoo" {
  org_id   = 42
  endpoint = "emulator"
}
