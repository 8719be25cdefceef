using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace ActorOrchestrator.Actors.Hosting.Datagrams;

/// <summary>
/// Where a machine may send heartbeats beside its connection, and how. A member tells it in a header of the answer that
/// opens the connection: <c>10.0.0.1:7946 -12345 KEY</c>, the key in Base64.
/// </summary>
/// <param name="Place">By UDP.</param>
/// <param name="Number">What heartbeats of this connection name.</param>
/// <param name="Key">What these two know, and nobody else.</param>
public sealed record HeartbeatOffer(IPEndPoint Place, int Number, byte[] Key)
{
    public const string Header = "Heartbeat-Offer";

    public const int KeySize = 32;

    /// <summary>With a key that was not there before.</summary>
    public static HeartbeatOffer New(IPEndPoint place) => new(
        place, RandomNumberGenerator.GetInt32(HeartbeatQuestion.Nobody + 1, int.MaxValue),
        RandomNumberGenerator.GetBytes(KeySize));

    /// <summary>For whoever only asks whether heartbeats come through (<see cref="HeartbeatQuestion"/>).</summary>
    /// <param name="place">The member's.</param>
    /// <param name="members">What only members know.</param>
    public static HeartbeatOffer ForQuestions(IPEndPoint place, byte[] members) =>
        new(place, HeartbeatQuestion.Nobody, HeartbeatQuestion.KeyOf(members));

    /// <returns>Null: it is none.</returns>
    public static HeartbeatOffer? Parse(string? text)
    {
        Span<byte> key = stackalloc byte[KeySize];
        return text?.Split(' ') is [var place, var number, var secret]
            && IPEndPoint.TryParse(place, out var parsed) && parsed.Port > 0
            && int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var named)
            && Convert.TryFromBase64String(secret, key, out var size) && size == KeySize
            ? new(parsed, named, key.ToArray())
            : null;
    }

    /// <summary>As it is told: with the key.</summary>
    public string Format() =>
        string.Create(CultureInfo.InvariantCulture, $"{Place} {Number} {Convert.ToBase64String(Key)}");

    public override string ToString() => $"heartbeats to {Place}";
}
