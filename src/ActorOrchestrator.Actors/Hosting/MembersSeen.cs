namespace ActorOrchestrator.Actors.Hosting;

/// <summary>What a member hears of the others, at one moment. Each is named by its address and by which life of it
/// this is.</summary>
/// <param name="Speaks">Whether it is for this member to tell others of it: it is the first of those that hear each
/// other, and these are most.</param>
/// <param name="Heard">Those that are heard.</param>
/// <param name="Unheard">Those that are not, and may be again. Whoever is in neither has left, was removed, or is not
/// known yet.</param>
public sealed record MembersSeen(bool Speaks, IReadOnlySet<string> Heard, IReadOnlySet<string> Unheard)
{
    /// <summary>Whether this member is among those that hear each other, and these are most.</summary>
    public required bool HearsMost { get; init; }

    public bool IsSameAs(MembersSeen? other) => other is not null && Speaks == other.Speaks
        && HearsMost == other.HearsMost
        && Heard.SetEquals(other.Heard) && Unheard.SetEquals(other.Unheard);
}
