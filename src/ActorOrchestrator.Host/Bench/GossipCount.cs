using System.Globalization;

namespace ActorOrchestrator.Host.Bench;

/// <summary>What a <see cref="GossipMember"/> has counted since it began; times in milliseconds.</summary>
/// <param name="Processor">Time.</param>
/// <param name="Sent">Messages of membership.</param>
/// <param name="Received">Such messages.</param>
/// <param name="Bytes">Of those sent, without envelope and TLS.</param>
/// <param name="Resident">Bytes of memory, now.</param>
/// <param name="Collections">Of the oldest generation.</param>
/// <param name="Paused">For how long collections stopped it.</param>
internal sealed record GossipCount(
    double Processor, double Sent, double Received, double Bytes, double Resident, double Collections, double Paused)
{
    public const string Prefix = "count ";

    public string Line => string.Create(CultureInfo.InvariantCulture,
        $"{Prefix}{Processor:0.###} {Sent} {Received} {Bytes} {Resident} {Collections} {Paused:0.###}");

    public static GossipCount Parse(string line)
    {
        double[] numbers =
        [
            .. line[Prefix.Length..].Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)),
        ];
        return new(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }

    public static GossipCount operator +(GossipCount one, GossipCount other) => new(
        one.Processor + other.Processor, one.Sent + other.Sent, one.Received + other.Received,
        one.Bytes + other.Bytes, one.Resident + other.Resident, one.Collections + other.Collections,
        one.Paused + other.Paused);

    /// <summary>What came since; memory is that of now.</summary>
    public static GossipCount operator -(GossipCount now, GossipCount before) => new(
        now.Processor - before.Processor, now.Sent - before.Sent, now.Received - before.Received,
        now.Bytes - before.Bytes, now.Resident, now.Collections - before.Collections, now.Paused - before.Paused);
}
