# fail: a job with a plain name
job "nightly" {}
---
# fail: a schedule with a plain name
job_schedule "hourly" {
  name = "render-hourly-v2"
}
---
# pass: days, moments, hashes
job "a" {
  name = "omop-run-20260415-070509"
}
job "b" {
  name = "snakejob-2026-08-20T12-00-00"
}
job "c" {
  name = "render-3f9a1c77"
}
job_schedule "d" {
  name = "1f0c6d1e-0000-4000-8000-000000000000"
}
---
# not_applicable: pools have a suffix
pool "p" {}
---
# unknown: the name is told after apply
job "nightly" {
  name = local.unknown
}
