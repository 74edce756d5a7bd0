-- A script for wrk: posts one body again and again, each time with another X-GitHub-Delivery.
-- Arguments: the file of the body, then names and values of headers in turn.

local before, after
local sent = 0
local run

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local body = file:read("*a")
  file:close()
  -- Ids are in no order, as a forge's are, and none comes twice.
  math.randomseed(os.time() + math.floor(os.clock() * 1e6))
  run = math.random(0, 4294967295)
  local headers = {}
  for at = 2, #args, 2 do headers[args[at]] = args[at + 1] end
  headers["x-github-delivery"] = "@DELIVERY@"
  local request = wrk.format("POST", nil, headers, body)
  local first, last = request:find("@DELIVERY@", 1, true)
  before = request:sub(1, first - 1)
  after = request:sub(last + 1)
end

function request()
  sent = sent + 1
  return before .. string.format("%08x-%08x-%d", math.random(0, 4294967295), run, sent) .. after
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
