# SPDX-License-Identifier: Apache-2.0
# An event of fg-event(5) as one of the Open Cybersecurity Schema Framework,
# 1.4. What a rule has found is a Detection Finding (2004) with its evidence;
# what was merely watched is an activity of its own class; what becomes of the
# defender is Application Lifecycle (6002).
# For fg-audit --format=ocsf; jq -cf ocsf.jq does the same.

def text: if type == "string" and . != "" then . else null end;
def number: if type == "number" then . else null end;
def words: if type == "array" then map(strings) else [] end;
def filled: delpaths([path(.[] | select(. == null or . == {} or . == []))]);
def base_name: text | if . then (split("/") | last | text) // . else null end;
def folder: text
	| if . and contains("/") then (sub("/[^/]*$"; "") | text) // "/"
	else null end;
def whole: number | if . then tostring else null end;

# RFC 3339 as milliseconds since 1970.
def epoch_ms:
	(try (capture("^(?<date>[-0-9]{10}T[:0-9]{8})(\\.(?<part>[0-9]{1,3}))?")
		| (.date + "Z" | fromdateiso8601) * 1000
			+ (((.part // "0") + "00")[:3] | tonumber))
	catch null) // 0;

# ---- objects ---------------------------------------------------------------

def container:
	{
		name: .name | text,
		image: (if .image | text then
			{name: .image, uid: ((.digest | text) // .image)}
			else null end),
		hash: (.digest | text
			| if . and startswith("sha256:") then
				{algorithm: "SHA-256", algorithm_id: 3, value: .[7:]}
			else null end)
	} | filled
	| if .name or .image then . + {name: (.name // "unknown")}
	else {} end;

def executable:
	if .exe | text then
		{
			name: .exe | base_name,
			path: .exe,
			type: "Regular File",
			type_id: 1,
			parent_folder: .exe | folder,
			hashes: (if .sha256 | text then [{algorithm: "SHA-256",
				algorithm_id: 3, value: .sha256}] else null end)
		} | filled
	else null end;

def parent:
	{pid: .ppid | number, name: .parent | base_name, path: .parent | text}
	| filled;

def process:
	{
		pid: .pid | number,
		name: .exe | base_name,
		path: .exe | text,
		cmd_line: (.args | words | join(" ") | text),
		working_directory: .cwd | text,
		file: executable,
		user: (if .euid | number then
			{uid: .euid | whole,
			type: (if .euid == 0 then "Admin" else "User" end),
			type_id: (if .euid == 0 then 2 else 1 end)}
			else null end),
		parent_process: parent,
		ancestry: (.ancestors | words
			| map(select(. != "") | {path: ., name: base_name}))
	} | filled;

def file($path):
	{
		name: (($path | base_name) // "unknown"),
		path: $path | text,
		parent_folder: $path | folder,
		type: (if .dir then "Folder" elif .op == "symlink" then
			"Symbolic Link" else "Unknown" end),
		type_id: (if .dir then 2 elif .op == "symlink" then 7 else 0 end)
	} | filled;

# Of one that must be there.
def some_process: process | if has("pid") then . else {uid: "unknown"} + . end;

# The file that it is about: the name that it had before.
def file: file(if .op | IN("link", "symlink") then .path2 // .path
	else .path end);

def peer:
	{ip: .net.addr | text, port: .net.port | number,
		# What a resolver is asked for is not the resolver.
		hostname: (if .name == "net.dns" then null else .net.domain | text end)
	} | filled;
def own:
	{name: ((.container.name | text) // (.app.name | text) // "container"),
		port: .net.local_port | number} | filled;

def endpoints:
	if .name | IN("net.bind", "net.listen") then
		{dst_endpoint: (own + ({ip: .net.addr | text,
			port: .net.port | number} | filled))}
	elif .net.dir == "in" then
		{src_endpoint: (if peer == {} then {name: "unknown"} else peer end),
			dst_endpoint: own}
	else
		{src_endpoint: own, dst_endpoint: (peer
			| if .ip or .hostname then . else null end)} | filled
	end;

def connection:
	({in: [1, "Inbound"], out: [2, "Outbound"]}[.net.dir | text // ""]
		// [0, "Unknown"]) as $direction
	| {
		direction_id: $direction[0],
		direction: $direction[1],
		protocol_name: .net.proto | text,
		protocol_ver_id: (.net.addr | text | if . == null then 0
			elif contains(":") then 6 else 4 end)
	} | filled;

def request:
	{
		http_method: .http.method | text,
		user_agent: .http.ua | text,
		url: ({
			hostname: .http.host | text,
			path: ((.http.path | text) // "/"),
			query_string: .http.query | text
		} | filled)
	} | filled;

def client:
	{ip: .client.ip | text, port: .client.port | number} | filled
	| if .ip then . else . + {name: "unknown"} end;

def attacks:
	words
	| map(if contains(".") then
		{technique: {uid: split(".")[0]}, sub_technique: {uid: .}}
		else {technique: {uid: .}} end);

def policy:
	{name: .rule.name | text, version: .rule.policy_version | text} | filled
	| if .name then . else {} end;

# The task stands for the device.
def device:
	{
		type_id: 99,
		type: "Task",
		uid: .app.id | text,
		name: ((.app.name | text) // "task"),
		container: ((.container // {}) | container)
	} | filled;

# ---- what every event has --------------------------------------------------

def is_detection: .action | IN("alert", "prevent", "block", "ban");

# The security control's word: action and disposition.
def control:
	{
		allow: [1, "Allowed", 1, "Allowed"],
		alert: [3, "Observed", 19, "Alert"],
		prevent: [2, "Denied", 2, "Blocked"],
		block: [2, "Denied", 2, "Blocked"],
		ban: [2, "Denied", 2, "Blocked"],
		none: [99, "Other", 16, "No Action"]
	}[.action | text // ""] // [0, "Unknown", 0, "Unknown"]
	| {action_id: .[0], action: .[1], disposition_id: .[2],
		disposition: .[3]};

def severity:
	{info: [1, "Informational"], low: [2, "Low"], medium: [3, "Medium"],
		high: [4, "High"], critical: [5, "Critical"]}
		[.severity | text // ""] // [0, "Unknown"]
	| {severity_id: .[0], severity: .[1]};

def metadata($profiles):
	{
		version: "1.4.0",
		product: ({name: "fg", vendor_name: "fg",
			feature: (if .agent | text then {name: .agent} else null end)}
			| filled),
		profiles: $profiles,
		uid: .id | text,
		sequence: .seq | number,
		event_code: .name,
		original_time: .ts,
		correlation_uid: .boot | text
	} | filled;

# A class, and the activity in it.
def class($uid; $name; $category; $category_name; $activity; $activity_name):
	{
		class_uid: $uid,
		class_name: $name,
		category_uid: $category,
		category_name: $category_name,
		activity_id: $activity,
		activity_name: $activity_name,
		type_uid: ($uid * 100 + $activity),
		type_name: "\($name): \($activity_name)"
	};

# What has no place in the class.
def unmapped:
	{
		attempt: .attempt, confidence: .confidence,
		detail: .detail, number: .number, target: .target,
		syscall: .syscall, facts: .process.facts,
		file: (if .file then .file | {op, mode, flags, uid, path2} | filled
			else null end),
		match: .match, config: .config, cursor: .cursor
	} | filled;

def base($profiles):
	.kind as $kind | .count as $count
	| {time: .ts | epoch_ms, count: .count | number,
		message: ((.msg | text) // ((.detail | text) // .name
			| if $kind == "lost" then "\($count) events lost: " + .
			else . end)),
		metadata: metadata($profiles), unmapped: unmapped}
	+ severity | filled;

# ---- classes ---------------------------------------------------------------

def evidence:
	{
		actor: (if .process then {process: .process | process} else null end),
		process: (if .name == "process.exec" then .process | process
			elif .target | number then {pid: .target}
			else null end),
		file: (if .file then .file | file else null end),
		connection_info: (if .net then connection else null end),
		query: (if .name == "net.dns" and (.net.domain | text) then
			{hostname: .net.domain} else null end),
		http_request: (if .http then request else null end),
		url: (if .http then request.url else null end),
		container: ((.container // {}) | container)
	}
	+ (if .net then endpoints else {} end)
	+ (if .client then {src_endpoint: client} else {} end)
	| filled
	# One of those that must be there.
	| if has("actor") or has("src_endpoint") or has("file") then .
	else . + {data: {}} end;

def finding:
	class(2004; "Detection Finding"; 2; "Findings"; 1; "Create")
	+ base(["container", "security_control"])
	+ control
	+ {
		status_id: 1,
		status: "New",
		is_alert: true,
		confidence_id: (if .confidence == "enforced" then 3 else 2 end),
		confidence: (if .confidence == "enforced" then "High"
			else "Medium" end),
		finding_info: ({
			uid: ((.id | text) // "\(.boot)-\(.seq)"),
			title: ((.msg | text) // .name),
			types: [.rule.id | text // empty],
			analytic: ({
				type: "Rule",
				type_id: 1,
				uid: .rule.id | text,
				name: ((.rule.id | text) // (.rule.name | text)
					// .name),
				version: .rule.policy_version | text
			} | filled),
			attacks: (.attack | attacks)
		} | filled),
		policy: policy,
		evidences: [evidence],
		device: device
	} | filled;

# An activity in a container: of the system classes.
def system($uid; $name; $activity; $activity_name; $actor):
	class($uid; $name; 1; "System Activity"; $activity; $activity_name)
	+ base(["container", "security_control"])
	+ control
	+ {device: device, actor: $actor};

def acting: {process: ((.process // {}) | process)}
	| if .process == {} then {app_name: "unknown"} else . end;

def launch:
	(.process // {}) as $p
	| system(1007; "Process Activity"; 1; "Launch";
		($p | parent | if . == {} then {app_name: "unknown"}
			else {process: .} end))
	+ {process: ($p | some_process)};

def file_activity($activity; $activity_name):
	system(1001; "File System Activity"; $activity; $activity_name; acting)
	+ {file: ((.file // {}) | file)}
	+ if .name == "file.rename" then
		{file_result: ((.file // {}) | file(.path2))} else {} end;

# Calls of the kernel that are no process's, file's or connection's matter.
def kernel:
	system(1003; "Kernel Activity"; 4; "Invoke"; acting)
	+ {kernel: {name: ((.syscall.name | text) // .name), type: "System Call",
		type_id: 2}};

def network($activity; $activity_name):
	class(4001; "Network Activity"; 4; "Network Activity"; $activity;
		$activity_name)
	+ base(["container", "host", "security_control"])
	+ control
	+ {device: device, actor: acting, connection_info: connection}
	+ endpoints;

def dns:
	class(4003; "DNS Activity"; 4; "Network Activity"; 1; "Query")
	+ base(["container", "host", "security_control"])
	+ control
	+ {device: device, actor: acting, connection_info: connection,
		query: (if .net.domain | text then {hostname: .net.domain}
			else null end)}
	+ endpoints
	| filled;

def http:
	({CONNECT: 1, DELETE: 2, GET: 3, HEAD: 4, OPTIONS: 5, POST: 6, PUT: 7,
		TRACE: 8, PATCH: 9}[.http.method | text // ""] // 99) as $activity
	| class(4002; "HTTP Activity"; 4; "Network Activity"; $activity;
		if $activity == 99 then "Other"
		else .http.method[:1] + (.http.method[1:] | ascii_downcase) end)
	+ base(["container", "host", "security_control"])
	+ control
	+ {device: device, http_request: request, src_endpoint: client,
		dst_endpoint: own,
		http_response: (if .http.status | number then {code: .http.status}
			else null end)}
	| filled;

def lifecycle($activity; $activity_name):
	class(6002; "Application Lifecycle"; 6; "Application Activity";
		$activity; $activity_name)
	+ base(["container", "host"])
	+ {device: device, actor: (if .config.actor | text then
			{user: {name: .config.actor}} else null end),
		app: ({name: ((.agent | text) // "fg"),
		vendor_name: "fg", feature: {name: .name}} | filled)};

# What is done to another process, of which only the number is known.
def to_target($activity; $activity_name):
	system(1007; "Process Activity"; $activity; $activity_name; acting)
	+ {process: (if .target | number then {pid: .target}
		else (.process // {}) | some_process end)};

def process_activity:
	if .name == "process.setuid" then
		system(1007; "Process Activity"; 5; "Set User ID"; acting)
		+ {process: ((.process // {}) | some_process)}
	else launch end;

def file_class:
	.name[5:] as $op
	| if $op == "open" then file_activity(14; "Open")
	elif $op == "read" then file_activity(2; "Read")
	elif $op == "unlink" then file_activity(4; "Delete")
	elif $op == "truncate" then file_activity(3; "Update")
	elif $op == "rename" then file_activity(5; "Rename")
	elif $op | IN("chmod", "chown") then file_activity(7; "Set Security")
	elif $op == "setxattr" then file_activity(6; "Set Attributes")
	elif $op | IN("create", "mkdir", "mknod", "link", "symlink") then
		file_activity(1; "Create")
	else file_activity(99; "Other") end;

def network_class:
	.name[4:] as $op
	| if $op == "dns" then dns
	elif $op | IN("connect", "accept") then network(1; "Open")
	elif $op == "send" then network(6; "Traffic")
	elif $op == "listen" then network(7; "Listen")
	elif $op == "socket" then kernel
	else network(99; "Other") end;

def kernel_class:
	if .name == "kernel.ptrace" then to_target(4; "Inject")
	elif .name == "kernel.signal" then to_target(99; "Other")
	else kernel end;

def lifecycle_class:
	if .name == "start" then lifecycle(3; "Start")
	elif .name == "exit" then lifecycle(4; "Stop")
	elif .name | IN("reporter.restarted", "waas.restarted") then
		lifecycle(5; "Restart")
	elif .name | IN("policy.applied", "config.write") then
		lifecycle(8; "Update")
	else lifecycle(99; "Other") end;

if is_detection then finding
elif .kind | IN("lifecycle", "lost") then lifecycle_class
elif .kind == "waas" then http
elif .name | startswith("process.") then process_activity
elif .name | startswith("file.") then file_class
elif .name | startswith("net.") then network_class
elif .name | startswith("kernel.") then kernel_class
else
	class(0; "Base Event"; 0; "Uncategorized"; 99; "Other")
	+ base(["host"]) + {device: device}
end
| filled
