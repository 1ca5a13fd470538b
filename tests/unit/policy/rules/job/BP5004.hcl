# fail: it has no tasks yet
job "render" {
  all_tasks_complete_mode = "terminatejob"
}
---
# fail: it is made
# changes:
#   job.render: {action: create}
job "render" {
  all_tasks_complete_mode = "terminatejob"
}
---
# pass: a manager adds the tasks
job "render" {
  all_tasks_complete_mode = "terminatejob"
  job_manager_task {
    id           = "manager"
    command_line = "python3 manage.py"
  }
}
---
# pass: it stays open
job "render" {
}
---
# not_applicable: it is there, and is changed
# changes:
#   job.render: {action: update, before: {all_tasks_complete_mode: noaction}}
job "render" {
  all_tasks_complete_mode = "terminatejob"
}
---
# unknown: the mode is told after apply
job "render" {
  all_tasks_complete_mode = local.unknown
}
