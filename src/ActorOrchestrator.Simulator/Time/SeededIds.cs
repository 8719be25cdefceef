using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Simulator.Time;

/// <summary>Ids drawn from a seed.</summary>
public sealed class SeededIds(Dice dice) : IIdSource
{
    private const int SuffixLength = 5;

    public string NewUid() => $"{Hex(8)}-{Hex(4)}-4{Hex(3)}-8{Hex(3)}-{Hex(12)}";

    public string NewNameSuffix() => dice.Suffix(SuffixLength);

    private string Hex(int digits) => (dice.NextBits() & ((1UL << (4 * digits)) - 1)).ToString($"x{digits}");
}
