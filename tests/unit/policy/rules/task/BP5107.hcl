# no unknown: durations are measured

# fail: two seconds
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {median_seconds: 2}
job "render" {
}
---
# fail: below a minute, which is a hint
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {median_seconds: 42.5}
job "render" {
}
---
# pass: ten minutes
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {median_seconds: 600}
job "render" {
}
---
# not_applicable: the job is not there yet
job "render" {
}
---
# not_checked: nobody measured
# observed:
#   job.render: {}
# live:
#   task_statistics:
#     job.render: {longest_seconds: 600}
job "render" {
}
---
# not_checked: the tasks were not looked at
# observed:
#   job.render: {}
job "render" {
}
