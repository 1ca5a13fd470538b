# no unknown: jobs that are there are counted

# fail: a job for each task
# observed:
#   job.render["j0"]: {}
#   job.render["j1"]: {}
#   job.render["j2"]: {}
#   job.render["j3"]: {}
#   job.render["j4"]: {}
#   job.render["j5"]: {}
#   job.render["j6"]: {}
#   job.render["j7"]: {}
#   job.render["j8"]: {}
#   job.render["j9"]: {}
#   job.render["j10"]: {}
# live:
#   task_counts:
#     job.render["j0"]: {active: 1, running: 0, completed: 0}
#     job.render["j1"]: {active: 1, running: 0, completed: 0}
#     job.render["j2"]: {active: 1, running: 0, completed: 0}
#     job.render["j3"]: {active: 1, running: 0, completed: 0}
#     job.render["j4"]: {active: 1, running: 0, completed: 0}
#     job.render["j5"]: {active: 1, running: 0, completed: 0}
#     job.render["j6"]: {active: 1, running: 0, completed: 0}
#     job.render["j7"]: {active: 1, running: 0, completed: 0}
#     job.render["j8"]: {active: 1, running: 0, completed: 0}
#     job.render["j9"]: {active: 1, running: 0, completed: 0}
#     job.render["j10"]: {active: 1, running: 0, completed: 0}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
job "render" {
  for_each = toset(["j0", "j1", "j2", "j3", "j4", "j5", "j6", "j7", "j8", "j9", "j10"])
  name     = each.key
}
---
# fail: a few tasks each
# observed:
#   job.render["j0"]: {}
#   job.render["j1"]: {}
#   job.render["j2"]: {}
#   job.render["j3"]: {}
#   job.render["j4"]: {}
#   job.render["j5"]: {}
#   job.render["j6"]: {}
#   job.render["j7"]: {}
#   job.render["j8"]: {}
#   job.render["j9"]: {}
#   job.render["j10"]: {}
# live:
#   task_counts:
#     job.render["j0"]: {active: 7, running: 0, completed: 0}
#     job.render["j1"]: {active: 7, running: 0, completed: 0}
#     job.render["j2"]: {active: 7, running: 0, completed: 0}
#     job.render["j3"]: {active: 7, running: 0, completed: 0}
#     job.render["j4"]: {active: 7, running: 0, completed: 0}
#     job.render["j5"]: {active: 7, running: 0, completed: 0}
#     job.render["j6"]: {active: 7, running: 0, completed: 0}
#     job.render["j7"]: {active: 7, running: 0, completed: 0}
#     job.render["j8"]: {active: 7, running: 0, completed: 0}
#     job.render["j9"]: {active: 7, running: 0, completed: 0}
#     job.render["j10"]: {active: 7, running: 0, completed: 0}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
job "render" {
  for_each = toset(["j0", "j1", "j2", "j3", "j4", "j5", "j6", "j7", "j8", "j9", "j10"])
  name     = each.key
}
---
# fail: a policy set allows fewer jobs
# params: {jobs: 2}
# observed:
#   job.render["j0"]: {}
#   job.render["j1"]: {}
#   job.render["j2"]: {}
# live:
#   task_counts:
#     job.render["j0"]: {active: 1, running: 0, completed: 0}
#     job.render["j1"]: {active: 1, running: 0, completed: 0}
#     job.render["j2"]: {active: 1, running: 0, completed: 0}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
job "render" {
  for_each = toset(["j0", "j1", "j2"])
  name     = each.key
}
---
# pass: hundreds of tasks each
# observed:
#   job.render["j0"]: {}
#   job.render["j1"]: {}
#   job.render["j2"]: {}
#   job.render["j3"]: {}
#   job.render["j4"]: {}
#   job.render["j5"]: {}
#   job.render["j6"]: {}
#   job.render["j7"]: {}
#   job.render["j8"]: {}
#   job.render["j9"]: {}
#   job.render["j10"]: {}
# live:
#   task_counts:
#     job.render["j0"]: {active: 300, running: 0, completed: 0}
#     job.render["j1"]: {active: 300, running: 0, completed: 0}
#     job.render["j2"]: {active: 300, running: 0, completed: 0}
#     job.render["j3"]: {active: 300, running: 0, completed: 0}
#     job.render["j4"]: {active: 300, running: 0, completed: 0}
#     job.render["j5"]: {active: 300, running: 0, completed: 0}
#     job.render["j6"]: {active: 300, running: 0, completed: 0}
#     job.render["j7"]: {active: 300, running: 0, completed: 0}
#     job.render["j8"]: {active: 300, running: 0, completed: 0}
#     job.render["j9"]: {active: 300, running: 0, completed: 0}
#     job.render["j10"]: {active: 300, running: 0, completed: 0}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
job "render" {
  for_each = toset(["j0", "j1", "j2", "j3", "j4", "j5", "j6", "j7", "j8", "j9", "j10"])
  name     = each.key
}
---
# not_applicable: the others are not there yet
# params: {jobs: 2}
# observed:
#   job.render["j0"]: {}
#   job.render["j1"]: {}
# live:
#   task_counts:
#     job.render["j0"]: {active: 1, running: 0, completed: 0}
#     job.render["j1"]: {active: 1, running: 0, completed: 0}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
job "render" {
  for_each = toset(["j0", "j1", "j2"])
  name     = each.key
}
---
# not_applicable: few jobs
# observed:
#   job.render["j0"]: {}
#   job.render["j1"]: {}
#   job.render["j2"]: {}
# live:
#   task_counts:
#     job.render["j0"]: {active: 1, running: 0, completed: 0}
#     job.render["j1"]: {active: 1, running: 0, completed: 0}
#     job.render["j2"]: {active: 1, running: 0, completed: 0}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
job "render" {
  for_each = toset(["j0", "j1", "j2"])
  name     = each.key
}
---
# not_applicable: managers add the tasks
# observed:
#   job.render["j0"]: {}
#   job.render["j1"]: {}
#   job.render["j2"]: {}
#   job.render["j3"]: {}
#   job.render["j4"]: {}
#   job.render["j5"]: {}
#   job.render["j6"]: {}
#   job.render["j7"]: {}
#   job.render["j8"]: {}
#   job.render["j9"]: {}
#   job.render["j10"]: {}
# live:
#   task_counts:
#     job.render["j0"]: {active: 1, running: 0, completed: 0}
#     job.render["j1"]: {active: 1, running: 0, completed: 0}
#     job.render["j2"]: {active: 1, running: 0, completed: 0}
#     job.render["j3"]: {active: 1, running: 0, completed: 0}
#     job.render["j4"]: {active: 1, running: 0, completed: 0}
#     job.render["j5"]: {active: 1, running: 0, completed: 0}
#     job.render["j6"]: {active: 1, running: 0, completed: 0}
#     job.render["j7"]: {active: 1, running: 0, completed: 0}
#     job.render["j8"]: {active: 1, running: 0, completed: 0}
#     job.render["j9"]: {active: 1, running: 0, completed: 0}
#     job.render["j10"]: {active: 1, running: 0, completed: 0}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
job "render" {
  for_each = toset(["j0", "j1", "j2", "j3", "j4", "j5", "j6", "j7", "j8", "j9", "j10"])
  name     = each.key
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
}
---
# not_checked: the tasks were not counted
# observed:
#   job.render["j0"]: {}
#   job.render["j1"]: {}
#   job.render["j2"]: {}
#   job.render["j3"]: {}
#   job.render["j4"]: {}
#   job.render["j5"]: {}
#   job.render["j6"]: {}
#   job.render["j7"]: {}
#   job.render["j8"]: {}
#   job.render["j9"]: {}
#   job.render["j10"]: {}
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
job "render" {
  for_each = toset(["j0", "j1", "j2", "j3", "j4", "j5", "j6", "j7", "j8", "j9", "j10"])
  name     = each.key
}
