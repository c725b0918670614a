# SPDX-License-Identifier: Apache-2.0
# An event of fg-event(5) as an audit record of the vendor's API: that of
# audits/runtime/app-embedded, and for kind waas that of
# audits/firewall/app/app-embedded. Members that are not known are left out.
# For fg-audit --format=prisma; jq -cf prisma.jq does the same.

def text: if type == "string" and . != "" then . else null end;
def number: if type == "number" then . else null end;
def words: if type == "array" then map(strings) else [] end;
def filled: delpaths([path(.[] | select(. == null))]);

# The vendor's word for a detection; where it has none, our id of it.
def attack_type:
	{
		"custom-rule": "customRule",
		"process-rule": "customRule",
		"network-rule": "customRule",
		"file-rule": "customRule",
		"denied-process": "explicitlyDeniedProcess",
		"not-allowed-process": "explicitlyDeniedProcess",
		"any-process": "explicitlyDeniedProcess",
		"modified-process": "modifiedProcess",
		"altered-binary": "alteredBinary",
		"crypto-miner": "cryptoMinerProcess",
		"denied-ip": "explicitlyDeniedIP",
		"not-allowed-ip": "explicitlyDeniedIP",
		"denied-listening-port": "explicitlyDeniedListeningPort",
		"not-allowed-listening-port": "explicitlyDeniedListeningPort",
		"denied-outbound-port": "explicitlyDeniedOutboundPort",
		"not-allowed-outbound-port": "explicitlyDeniedOutboundPort",
		"denied-domain": "explicitlyDeniedDNS",
		"not-allowed-domain": "explicitlyDeniedDNS",
		"denied-file": "explicitlyDeniedFile",
		"not-allowed-file": "explicitlyDeniedFile",
		"backdoor-account": "administrativeAccount",
		"backdoor-ssh": "sshAccess",
		"new-executable": "execFileAccess",
		"suspicious-elf": "suspiciousELFHeader",
		"packed-binary": "encryptedBinary"
	}[.rule.id | text // ""] // .rule.id;

# Three of them.
def severity:
	{info: "low", low: "low", medium: "medium", high: "high",
		critical: "high"}[.severity | text // ""];

# The sensor: the beginning of the name.
def sensor:
	{process: "processes", net: "network", file: "filesystem",
		kernel: "processes"}[.name | text // "" | split(".")[0] // ""] // .kind;

# What all of its audits have.
def audit:
	{
		_id: .id,
		time: .ts,
		hostname: .app.id,
		effect: .action,
		ruleName: .rule.name,
		msg: (.msg // .detail // .name),
		appID: .app.id,
		imageName: .container.image,
		imageId: .container.digest,
		containerName: .container.name,
		count: .count,
		severity: severity,
		attackTechniques: (.attack | words),
		collections: []
	};

def runtime:
	audit + {
		type: sensor,
		attackType: attack_type,
		profileId: (.app.id | text | if . then . + "_" else null end),
		user: (.process.uid | number | if . then tostring else null end),
		pid: .process.pid,
		processPath: .process.exe,
		command: (.process.args | words | join(" ") | text),
		interactive: (if .process then
			.process.facts | words | any(. == "tty")
			else null end),
		filepath: .file.path,
		ip: .net.addr,
		port: .net.port,
		domain: .net.domain
	};

def attack_field:
	{
		type: ({arg: "query", body: "rawBody", path: "url",
			header: "header", cookie: "cookie", method: "method"}
			[.where | text // ""] // .where),
		key: .name,
		value: .value
	} | filled;

def url:
	(.http.path | text) as $path
	| (.http.query | text) as $query
	| if $path == null then null
	else $path + (if $query then "?" + $query else "" end) end;

def waas:
	audit + {
		type: (.match.class // .rule.id),
		ruleAppID: .app.id,
		host: (.http.host // .app.id),
		requestHost: .http.host,
		method: .http.method,
		url: url,
		urlPath: .http.path,
		urlQuery: .http.query,
		userAgentHeader: .http.ua,
		statusCode: .http.status,
		subnet: .client.ip,
		connectingIPs: (if .client.xff | type == "array"
			then .client.xff else [.client.xff | text // empty] end),
		attackField: (if .match then .match | attack_field else null end),
		eventID: .id,
		resource: {appIDs: [.app.id | text // empty]}
	};

if .kind == "waas" then waas else runtime end | filled
