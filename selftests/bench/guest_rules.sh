# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Strays where somebody else has a hook, too: chains of nft without a rule. The kernel
# calls the first hook there is by a way that costs something, and looks for hooks in
# every namespace once any has one: none of that is the module's. For guest.

# shellcheck disable=SC2154 # set in guest
:

# rules NAMESPACE: a chain in each place that the module has a hook in.
rules()
{
	on "$1" nft -f - <<-EOF
		table arp bench {
			chain in { type filter hook input priority 0; }
			chain out { type filter hook output priority 0; }
		}
		table ip6 bench {
			chain pre { type filter hook prerouting priority 0; }
			chain in { type filter hook input priority 0; }
			chain out { type filter hook output priority 0; }
		}
	EOF
}

no_rules()
{
	on "$1" nft flush ruleset
}

# Of a namespace that has nothing itself: VIPs in another, and in their place rules.
of_elsewhere()
{
	ip netns add other
	ip -n other link add s0 type veth peer name c0
	ip -n other link set s0 up
	rules other
	stray stray_with_rules_elsewhere
	stray6 stray6_with_rules_elsewhere "$absent6"
	no_rules other
	on other l2ctl lease renew 1 ttl 87600h
	on other "$many" add -l 1 -a 0 s0 "$vip" 1000
	on other l2ctl vip add "$vip6" dev s0 lease 1
	stray stray_with_vips_elsewhere
	stray6 stray6_with_vips_elsewhere "$absent6"
	on other l2ctl vip flush
	ip netns del other
}

# strays_beside_rules NAME: what is none of ours, with rules in the server.
strays_beside_rules()
{
	stray "stray_$1"
	stray6 "stray6_$1" "$absent6"
	stray6 "stray6_local_$1" "$server_ip6"
}

of_rules()
{
	rules server
	strays_beside_rules beside_rules
	vips 1
	on server l2ctl vip add "$vip6" dev s0 lease 1
	strays_beside_rules with_vips_beside_rules
	no_vips
	no_rules server
}
