# SPDX-License-Identifier: Apache-2.0
# An event of fg-event(5) as a document of the Elastic Common Schema 8.
# For fg-audit --format=ecs; jq -cf ecs.jq does the same.

def text: if type == "string" and . != "" then . else null end;
def number: if type == "number" then . else null end;
def words: if type == "array" then map(strings) else [] end;
def filled: delpaths([path(.[] | select(. == null or . == {} or . == []))]);
def base_name: text | if . then (split("/") | last | text) // . else null end;
def folder: text
	| if . and contains("/") then (sub("/[^/]*$"; "") | text) // "/"
	else null end;

# event.category and event.type of each name.
def about:
	{
		"process.exec": ["process", "start"],
		"process.entered": ["process", "start"],
		"process.setuid": ["process", "change"],
		"file.open": ["file", "change"],
		"file.create": ["file", "creation"],
		"file.read": ["file", "access"],
		"file.mkdir": ["file", "creation"],
		"file.mknod": ["file", "creation"],
		"file.unlink": ["file", "deletion"],
		"file.truncate": ["file", "change"],
		"file.chmod": ["file", "change"],
		"file.chown": ["file", "change"],
		"file.setxattr": ["file", "change"],
		"file.rename": ["file", "change"],
		"file.link": ["file", "creation"],
		"file.symlink": ["file", "creation"],
		"net.socket": ["network", "info"],
		"net.connect": ["network", "connection", "start"],
		"net.bind": ["network", "info"],
		"net.listen": ["network", "info"],
		"net.accept": ["network", "connection", "start"],
		"net.send": ["network", "connection"],
		"net.dns": ["network", "protocol"],
		"net.stdio": ["network", "info"],
		"kernel.ptrace": ["process", "access"],
		"kernel.signal": ["process", "info"],
		"kernel.mount": ["host", "change"],
		"kernel.namespace": ["process", "change"],
		"kernel.module": ["driver", "start"],
		"kernel.bpf": ["host", "access"],
		"kernel.io_uring": ["process", "info"],
		"kernel.abi": ["process", "info"],
		"start": ["process", "start"],
		"exit": ["process", "end"],
		"policy.applied": ["configuration", "change"],
		"policy.rejected": ["configuration", "info"],
		"policy.missing": ["configuration", "info"],
		"config.write": ["configuration", "change"],
		"enrol": ["authentication", "start"],
		"console.enrolled": ["authentication", "start"],
		"console.renewed": ["authentication", "info"],
		"console.refused": ["authentication", "info"],
		"waas.restarted": ["process", "start"],
		"image.differs": ["configuration", "info"]
	}[.name | text // ""]
	// (if .kind == "waas" then ["web", "access"] else ["host", "info"] end);

def is_detection: .action | IN("alert", "prevent", "block", "ban");
def is_refused: .action | IN("prevent", "block", "ban");

def event:
	about as $about
	| {
		kind: (if .kind == "lost" then "pipeline_error"
			elif is_detection then "alert" else "event" end),
		category: ($about[:1]
			+ (if is_detection then ["intrusion_detection"] else [] end)),
		type: ($about[1:] + (if is_refused then ["denied"]
			elif .action == "alert" then ["allowed"] else [] end)),
		action: .name,
		outcome: (if is_refused then "failure"
			elif .action | IN("allow", "alert") then "success"
			else "unknown" end),
		severity: {info: 0, low: 21, medium: 47, high: 73, critical: 99}
			[.severity | text // ""],
		reason: .detail,
		code: .rule.id,
		id: .id,
		sequence: .seq,
		module: "fg",
		dataset: "fg.\(.kind)",
		provider: .agent
	} | filled;

def process:
	(.args | words) as $args
	| {
		pid: .pid | number,
		executable: .exe | text,
		name: .exe | base_name,
		args: $args,
		args_count: (if .args_cut or $args == [] then null
			else $args | length end),
		command_line: ($args | join(" ") | text),
		working_directory: .cwd | text,
		interactive: (if .facts | words | any(. == "tty") then true
			else null end),
		user: ({id: (.euid | number | if . then tostring else null end)}
			| filled),
		real_user: ({id: (.uid | number | if . then tostring
			else null end)} | filled),
		group: ({id: (.gid | number | if . then tostring else null end)}
			| filled),
		hash: ({sha256: .sha256 | text} | filled),
		parent: ({pid: .ppid | number, executable: .parent | text,
			name: .parent | base_name} | filled)
	} | filled;

def file:
	{
		path: .path | text,
		name: .path | base_name,
		directory: .path | folder,
		type: (if .dir then "dir" elif .op == "symlink" then "symlink"
			else "file" end),
		mode: .mode | text,
		uid: (.uid | number | if . then tostring else null end)
	}
	# The new name is the file; what it points to is path.
	+ if .op == "symlink" then
		{path: .path2 | text, name: .path2 | base_name,
		directory: .path2 | folder, target_path: .path | text}
	else {} end
	| filled;

# The other side, and ours.
def peer: {ip: .net.addr, port: .net.port, domain: .net.domain} | filled;
def own: {port: .net.local_port} | filled;

def network:
	if .name | IN("net.bind", "net.listen") then
		{destination: ({ip: .net.addr, port: .net.port} | filled)}
	elif .net.dir == "in" then {source: peer, destination: own}
	elif .name == "net.dns" then
		{source: own, destination: (peer | del(.domain)),
		dns: ({type: "query", question: ({name: .net.domain} | filled)})}
	else {source: own, destination: peer} end
	+ {network: ({
		transport: .net.proto,
		type: (.net.addr | text | if . == null then null
			elif contains(":") then "ipv6" else "ipv4" end),
		protocol: (if .name == "net.dns" then "dns" else null end),
		direction: {in: "ingress", out: "egress"}[.net.dir | text // ""]
	} | filled)};

def web:
	{
		http: ({
			request: ({method: .http.method | text} | filled),
			response: ({status_code: .http.status | number} | filled)
		} | filled),
		url: ({domain: .http.host, path: .http.path, query: .http.query}
			| filled),
		user_agent: ({original: .http.ua} | filled),
		source: ({ip: .client.ip, port: .client.port} | filled),
		client: ({ip: .client.ip, port: .client.port} | filled)
	};

def image:
	text
	| if . == null then {} else
		capture("^(?<name>[^@]*?)(:(?<tag>[^:/@]+))?(@(?<digest>.*))?$")
		// {name: .}
	end;

def container:
	(.image | image) as $image
	| {
		name: .name | text,
		image: ({
			name: $image.name,
			tag: [$image.tag // empty],
			hash: ({all: [(.digest // $image.digest) | text
				| select(.)]} | filled)
		} | filled)
	} | filled;

# T1059.004 is sub-technique of T1059.
def threat:
	words
	| if . == [] then {} else
		(map(select(contains(".")))) as $sub
		| {
			framework: "MITRE ATT&CK",
			technique: ({
				id: (map(split(".")[0]) | unique),
				subtechnique: ({id: $sub} | filled)
			} | filled)
		}
	end;

{
	"@timestamp": .ts,
	ecs: {version: "8.11.0"},
	message: (if .kind == "lost" then "\(.count) events lost: \(.detail)"
		else .msg // .detail end),
	event: event,
	process: ((.process // {}) | process),
	file: (if .file then .file | file else {} end),
	container: ((.container // {}) | container),
	service: ({id: .app.id, name: .app.name} | filled),
	rule: ({id: .rule.id, name: .rule.name, version: .rule.policy_version}
		| filled),
	threat: (.attack | threat),
	user: ({name: .config.actor} | filled),
	agent: ({type: .agent, ephemeral_id: .boot} | filled),
	fg: ({
		count: .count,
		attempt: .attempt,
		confidence: .confidence,
		facts: .process.facts,
		ancestors: .process.ancestors,
		script: .process.script,
		path2: (if .file.op == "symlink" then null
			else .file.path2 end),
		syscall: .syscall,
		target: .target,
		number: .number,
		match: .match,
		config: .config,
		cursor: .cursor
	} | filled)
}
+ (if .net then network else {} end)
+ (if .http or .client then web else {} end)
| filled
