# no unknown: ids are known when planning

# fail: a job is made again under its id
# changes:
#   job.nightly: {action: replace, strategy: recreate}
job "nightly" {}
---
# fail: an id that another pool still has
# changes:
#   pool.p: {action: create}
# state:
#   generations:
#     - {address: pool.q, name: p-1}
pool "p" {}
---
# fail: a schedule is made again under its id
# changes:
#   job_schedule.hourly: {action: replace, strategy: recreate}
job_schedule "hourly" {}
---
# fail: a generation that is gone had the id
# changes:
#   pool.p: {action: create}
# state:
#   generations:
#     - {address: pool.p, name: P-1, gone_at: 2026-03-01T00:00:00Z}
pool "p" {}
---
# fail: another pool has it
# changes:
#   pool.p: {action: replace, replaced_by: render-7}
# state:
#   generations:
#     - {address: pool.q, name: render-7}
pool "p" {}
---
# pass: a new job with a new name
# changes:
#   job.nightly: {action: replace, strategy: recreate, replaced_by: nightly-20261122}
job "nightly" {
  name = "nightly-20261122"
}
---
# pass: a new generation, and the present one of the same pool
# changes:
#   pool.p: {action: replace, replaced_by: p-2}
# state:
#   generations:
#     - {address: pool.p, name: p-1}
pool "p" {}
---
# pass: its own candidate is promoted, and its own retired pool comes back
# changes:
#   pool.p: {action: replace, replaced_by: p-2}
# state:
#   generations:
#     - {address: pool.p, name: p-1}
#     - {address: 'pool.p.candidate["p-2"]', name: p-2}
#     - {address: 'pool.p.retired["p-2"]', name: p-2}
pool "p" {}
---
# fail: the candidate of another pool has it
# changes:
#   pool.p: {action: create, replaced_by: q-2}
# state:
#   generations:
#     - {address: 'pool.q.candidate["q-2"]', name: q-2}
pool "p" {}
---
# not_applicable: nothing is made
# changes:
#   job.nightly: {action: update}
job "nightly" {}
---
# not_applicable: its account is new as well
# changes:
#   account.west: {action: replace, strategy: recreate}
#   job.nightly: {action: replace, strategy: recreate}
account "west" {}
job "nightly" {}
