/* SPDX-License-Identifier: Apache-2.0 */
/* The names are facts: of programs, of pools that they dig for. */
#include "runtime_list.h"

#include <string.h>

/* As str_cmp() with a C string; most differ in their first letters. */
static int
compare(struct str a, const char *z)
{
	size_t i = 0;

	while (i < a.n && z[i] != '\0' && a.p[i] == z[i])
		i++;
	if (i == a.n)
		return z[i] == '\0' ? 0 : -1;
	return (unsigned char)a.p[i] - (unsigned char)z[i];
}

bool
runtime_list_has(const struct runtime_list *list, struct str name)
{
	size_t low = 0, high = name.n == 0 ? 0 : list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = compare(name, list->names[mid]);

		if (c == 0)
			return true;
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

const char *
runtime_list_prefix(const struct runtime_list *list, struct str text)
{
	for (size_t i = 0; i < list->n && text.n > 0; i++)
		if (list->names[i][0] == text.p[0] &&
		    str_starts(text, list->names[i]))
			return list->names[i];
	return NULL;
}

const char *
runtime_list_within(const struct runtime_list *list, struct str text)
{
	for (size_t i = 0; i < list->n && text.n > 0; i++)
		if (memmem(text.p, text.n, list->names[i],
			strlen(list->names[i])) != NULL)
			return list->names[i];
	return NULL;
}

bool
runtime_list_domain(const struct runtime_list *list, struct str domain)
{
	struct str head;

	do {
		if (runtime_list_has(list, domain))
			return true;
	} while (str_cut(domain, '.', &head, &domain));
	return false;
}

#define LIST(list)                                                             \
	const struct runtime_list runtime_list_##list = {                      \
	    list, sizeof list / sizeof *list}

static const char *const shells[] = {"ash", "bash", "csh", "dash", "fish",
    "hush", "ksh", "ksh93", "lksh", "mksh", "oksh", "pdksh", "rbash", "sh",
    "tcsh", "yash", "zsh"};
LIST(shells);

/* One file, many programs: argv[0] says which. */
static const char *const multicall[] = {
    "busybox", "busybox.static", "coreutils", "toybox"};
LIST(multicall);

static const char *const interpreters[] = {"ash", "bash", "bun", "dash", "deno",
    "gawk", "java", "ksh", "lua", "mawk", "mksh", "node", "perl", "php", "pypy",
    "python", "ruby", "sh", "tclsh", "zsh"};
LIST(interpreters);

/* Servers that have no business with a shell. */
static const char *const servers[] = {"apache2", "caddy", "haproxy", "httpd",
    "lighttpd", "memcached", "mongod", "mysqld", "named", "nginx", "php-fpm",
    "redis-server", "squid", "tomcat", "traefik", "varnishd"};
LIST(servers);

static const char *const miners[] = {"astrominer", "bfgminer", "ccminer",
    "cgminer", "claymore", "cpuminer", "cpuminer-multi", "cpuminer-opt",
    "cryptonight", "ddgs", "dnetc", "ethminer", "gminer", "hellminer",
    "kdevtmpfsi", "kinsing", "lolminer", "minerd", "minergate", "minergate-cli",
    "nanominer", "nbminer", "nheqminer", "onezerominer", "p2pool",
    "phoenixminer", "qli-client", "randomx", "rigel", "srbminer-multi", "sysrv",
    "sysrv012", "t-rex", "teamredminer", "verus-solver", "watchbog", "wildrig",
    "wildrig-multi", "xmr-stak", "xmr-stak-cpu", "xmr-stak-rx", "xmrcc",
    "xmrig", "xmrig-cuda", "xmrig-notls", "xmrigCC", "xmrigDaemon",
    "xmrigMiner", "xmrminer", "zecminer"};
LIST(miners);

/* Options that begin with these. */
static const char *const miner_options[] = {"--coin=monero",
    "--cpu-max-threads-hint", "--donate-level", "--donate-over-proxy",
    "--nicehash", "--randomx-"};
LIST(miner_options);

static const char *const miner_words[] = {
    "cryptonight", "stratum+", "stratum1+", "stratum2+"};
LIST(miner_words);

static const char *const pools[] = {"2miners.com", "antpool.com", "braiins.com",
    "c3pool.com", "c3pool.org", "crypto-pool.fr",
    "cryptonight-hub.miningpoolhub.com", "dwarfpool.com", "ethermine.org",
    "f2pool.com", "flexpool.io", "flypool.org", "gulf.moneroocean.stream",
    "hashcity.org", "hashvault.pro", "herominers.com", "hiveon.com",
    "hiveon.net", "kryptex.network", "luckpool.net", "minergate.com",
    "minexmr.com", "miningocean.org", "miningpoolhub.com", "monerohash.com",
    "moneroocean.stream", "monerop.com", "monerpool.org", "nanopool.org",
    "nicehash.com", "poolin.com", "poolto.be", "prohashing.com", "rplant.xyz",
    "skypool.org", "slushpool.com", "supportxmr.com", "suprnova.cc",
    "unmineable.com", "viabtc.com", "woolypooly.com", "xmr.pt", "xmrpool.eu",
    "xmrpool.net", "zergpool.com", "zpool.ca"};
LIST(pools);

static const char *const network_tools[] = {"arp-scan", "arpspoof", "bettercap",
    "dig", "dnsenum", "dnsrecon", "dnsx", "dumpcap", "ettercap", "fping",
    "hping3", "httpx", "iftop", "ldapsearch", "masscan", "mitmproxy", "mtr",
    "naabu", "nbtscan", "nc", "nc.openbsd", "nc.traditional", "ncat", "netcat",
    "netdiscover", "ngrep", "nikto", "nmap", "nping", "nslookup", "p0f",
    "rustscan", "scapy", "snmpwalk", "socat", "sqlmap", "ssldump", "tcpdump",
    "telnet", "tshark", "unicornscan", "wireshark", "zgrab2", "zmap"};
LIST(network_tools);

static const char *const lateral_tools[] = {"chisel", "crackmapexec", "crictl",
    "ctr", "dbclient", "docker", "evil-winrm", "frpc", "gost", "hydra",
    "impacket-psexec", "impacket-wmiexec", "kubectl", "kubeletctl",
    "ligolo-agent", "medusa", "mosh", "ncrack", "nerdctl", "netexec", "nsenter",
    "nxc", "parallel-ssh", "peirates", "podman", "proxychains", "proxychains4",
    "pscp", "psexec.py", "pssh", "rclone", "rexec", "rlogin", "rsh", "scp",
    "sftp", "smbclient", "ssh", "ssh-copy-id", "sshpass", "wmiexec.py",
    "xfreerdp"};
LIST(lateral_tools);

const struct runtime_list *const runtime_list_sorted[] = {&runtime_list_shells,
    &runtime_list_multicall, &runtime_list_interpreters, &runtime_list_servers,
    &runtime_list_miners, &runtime_list_miner_options,
    &runtime_list_miner_words, &runtime_list_pools, &runtime_list_network_tools,
    &runtime_list_lateral_tools};
const size_t runtime_list_sorted_n =
    sizeof runtime_list_sorted / sizeof *runtime_list_sorted;
