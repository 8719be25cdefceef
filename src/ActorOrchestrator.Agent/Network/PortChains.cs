namespace ActorOrchestrator.Agent.Network;

/// <summary>
/// What the CNI plugin portmap makes in iptables for all networks of a machine together and never removes: chains that
/// lead to those of the published ports, and mark and masquerade what comes by them.
/// </summary>
internal static class PortChains
{
    private const string Ports = "CNI-HOSTPORT-DNAT";
    private const string LegacyTables = "/proc/self/net/ip_tables_names";

    private static readonly string[] s_frame = ["table ", "chain ", "type ", "#"];

    /// <summary>Those that lead to another one come first.</summary>
    private static readonly string[] s_chains = [Ports, "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ"];

    /// <summary>What iptables keeps its rules in, where it stands on nftables.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["ip nat", "ip6 nat"];

    public static async Task<bool> ExistAsync(CancellationToken cancellation) =>
        (await RulesAsync(cancellation)).Any(rule => s_chains.Any(chain => rule == $"-N {chain}"));

    /// <summary>Removes the chains, unless a port is still published.</summary>
    public static async Task RemoveUnusedAsync(CancellationToken cancellation)
    {
        var rules = await RulesAsync(cancellation);
        if (rules.Any(rule => rule.StartsWith($"-A {Ports} ", StringComparison.Ordinal)))
        {
            return;
        }

        var chains = s_chains.Where(chain => rules.Contains($"-N {chain}")).ToList();
        foreach (var rule in rules.Where(rule => chains.Any(chain => LeadsTo(rule, chain))))
        {
            await ChangeAsync($"-D{rule["-A".Length..]}", cancellation);
        }

        foreach (var chain in chains)
        {
            await ChangeAsync($"-F {chain}", cancellation);
            await ChangeAsync($"-X {chain}", cancellation);
        }
    }

    /// <summary>Removes a table of nftables in which nothing but chains without rules is left.</summary>
    public static async Task RemoveEmptyTableAsync(string table, CancellationToken cancellation)
    {
        if (!(await HostNetwork.ListTablesAsync(cancellation)).Contains(table))
        {
            return;
        }

        string[] name = ["table", .. table.Split(' ')];
        var listed = Lines(await HostNetwork.RunAsync("nft", ["list", .. name], "", cancellation));
        if (listed.All(IsFrame))
        {
            await HostNetwork.RunAsync("nft", ["delete", .. name], "", cancellation);
        }
    }

    private static bool LeadsTo(string rule, string chain) => rule.EndsWith($" -j {chain}", StringComparison.Ordinal);

    /// <summary>A line of a listed table that is no rule.</summary>
    private static bool IsFrame(string line) =>
        line == "}" || s_frame.Any(word => line.StartsWith(word, StringComparison.Ordinal));

    /// <summary>As <c>iptables -S</c> prints them. It is not asked where it has no such table: it would make
    /// one.</summary>
    private static async Task<List<string>> RulesAsync(CancellationToken cancellation)
    {
        var hasTable = (await HostNetwork.ListTablesAsync(cancellation)).Contains(Tables[0])
            || (File.Exists(LegacyTables) && File.ReadLines(LegacyTables).Contains("nat"));
        return hasTable
            ? Lines(await HostNetwork.RunAsync("iptables", ["-w", "-t", "nat", "-S"], "", cancellation))
            : [];
    }

    private static Task ChangeAsync(string rule, CancellationToken cancellation) =>
        HostNetwork.RunAsync("iptables", ["-w", "-t", "nat", .. Words(rule)], "", cancellation);

    private static IEnumerable<string> Words(string rule)
    {
        var isQuoted = false;
        foreach (var part in rule.Split('"'))
        {
            if (isQuoted)
            {
                yield return part;
            }
            else
            {
                foreach (var word in part.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    yield return word;
                }
            }

            isQuoted = !isQuoted;
        }
    }

    private static List<string> Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
