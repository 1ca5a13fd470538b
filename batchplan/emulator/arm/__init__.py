"""Azure Resource Manager: subscriptions, resource groups, and the provider Microsoft.Batch as a view on the world.

route, routes      which function answers which path
call               the request in hand, and the replies and refusals all operations share
app                the plane as one function
polling            long-running operations over HTTP
accounts, ...      operations by theme; `poolmap`, `poolbody`, `poolviews` translate pools
"""
