using System.Net;
using System.Net.Sockets;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>Counts wrong tokens by the address that they come from, in windows of a minute. What it remembers is
/// bounded: past that many addresses all others are counted as one.</summary>
internal sealed class WrongTokens(TimeProvider time)
{
    public const int WrongMax = 10;

    private const int AddressesMax = 1_000;

    /// <summary>Of IPv6 addresses one network counts, for it has more of them than anybody can count.</summary>
    private const int NetworkBytes = 8;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _wrong = new(StringComparer.Ordinal);
    private DateTimeOffset _since;

    /// <summary>Null when a token of this address is to be judged.</summary>
    public int? SecondsToWait(IPAddress? from)
    {
        lock (_lock)
        {
            BeginWindow();
            return _wrong.GetValueOrDefault(Counted(from)) < WrongMax
                ? null
                : Math.Max(1, (int)Math.Ceiling((_since + Window - time.GetUtcNow()).TotalSeconds));
        }
    }

    public void Count(IPAddress? from)
    {
        lock (_lock)
        {
            BeginWindow();
            var key = Counted(from);
            _wrong[key] = _wrong.GetValueOrDefault(key) + 1;
        }
    }

    private void BeginWindow()
    {
        var now = time.GetUtcNow();
        if (now - _since >= Window || now < _since)
        {
            _wrong.Clear();
            _since = now;
        }
    }

    private string Counted(IPAddress? from)
    {
        var key = Network(from);
        return _wrong.Count < AddressesMax || _wrong.ContainsKey(key) ? key : "others";
    }

    private static string Network(IPAddress? from) => from switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => $"{from.MapToIPv4()}",
        { AddressFamily: AddressFamily.InterNetworkV6 } =>
            Convert.ToHexString(from.GetAddressBytes().AsSpan(0, NetworkBytes)),
        _ => $"{from}",
    };
}
