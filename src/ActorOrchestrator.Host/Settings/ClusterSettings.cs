using System.Net;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Hocon;

namespace ActorOrchestrator.Host.Settings;

internal sealed record ClusterSettings
{
    /// <summary>Of members that others reach.</summary>
    public const int DefaultPort = 7946;

    private const string Auto = "auto";

    public required string Address { get; init; }
    public required int Port { get; init; }
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Whether there may be others.</summary>
    public required bool IsShared { get; init; }

    /// <summary>Of Akka's split-brain resolver.</summary>
    public required string Strategy { get; init; }

    public static ClusterSettings From(HoconReader reader)
    {
        var isShared = JournalSettings.ProviderOf(reader) == JournalSettings.Postgresql;
        var address = AddressOf(reader, isShared);
        var own = new IPEndPoint(address, PortOf(reader, isShared));
        var seeds = reader.Texts("cluster.seeds").Select(ParseSeed).ToList();
        return new()
        {
            Address = $"{address}",
            IsShared = isShared,
            Port = own.Port,
            Seeds = isShared || seeds.TrueForAll(own.Equals)
                ? [.. seeds.Select(seed => $"{seed}")]
                : throw new SettingsException(
                    "cluster.seeds: a journal in SQLite is one member's alone, and what the others acknowledge would "
                    + "not be in it: set journal.provider = postgresql"),
            Strategy = (reader.Text("cluster.strategy"), isShared) switch
            {
                ("keep-majority", _) => "keep-majority",
                ("lease-majority", true) => "lease-majority",
                ("lease-majority", false) => throw new SettingsException(
                    "cluster.strategy: lease-majority keeps its lease in PostgreSQL: "
                    + "set journal.provider = postgresql"),
                _ => throw new SettingsException("cluster.strategy: neither keep-majority nor lease-majority"),
            },
        };
    }

    /// <summary>Nobody has to reach a member that is alone. Others reach one where its API is, or at its machine's main
    /// address.</summary>
    private static IPAddress AddressOf(HoconReader reader, bool isShared) => reader.Text("cluster.address") switch
    {
        Auto when !isShared => IPAddress.Loopback,
        Auto => ApiSettings.OnlyAddress(reader)
            ?? MachineAddresses.Read().FirstOrDefault(each => !IPAddress.IsLoopback(each)) ?? IPAddress.Loopback,
        var given => IPAddress.TryParse(given, out var parsed) && IsOfOne(parsed)
            ? parsed
            : throw new SettingsException(
                $"cluster.address: \"{given}\" is no IP address of this machine that others can name"),
    };

    private static int PortOf(HoconReader reader, bool isShared) => reader.Text("cluster.port") == Auto
        ? isShared ? DefaultPort : 0
        : reader.Int("cluster.port", min: 0, max: IPEndPoint.MaxPort);

    private static IPEndPoint ParseSeed(string seed) =>
        IPEndPoint.TryParse(seed, out var at) && at.Port > 0 && IsOfOne(at.Address)
            ? at
            : throw new SettingsException(
                $"cluster.seeds: \"{seed}\" is not a member's address with a port, such as 10.0.0.1:7946");

    /// <summary>Not one that stands for all of a machine's.</summary>
    private static bool IsOfOne(IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
}
