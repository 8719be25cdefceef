using ActorOrchestrator.Api;

namespace ActorOrchestrator.Gateway.Joining;

/// <summary>What the gateway asks of the program about the members of its cluster.</summary>
public interface IMembership
{
    /// <summary>Whether a machine may join, and what it needs for that. Its token was judged before.</summary>
    Task<JoinAnswer> AdmitAsync(JoinRequest request, CancellationToken cancellation);

    /// <summary>The Node of the member that answers.</summary>
    string Node { get; }

    /// <summary>The members that there are, and those that were lost, by their addresses.</summary>
    /// <exception cref="IOException">They are not known now; the message says why.</exception>
    Task<IReadOnlyList<MemberInfo>> ListAsync(CancellationToken cancellation);

    /// <summary>Forgets a member that lives no more, with its Node.</summary>
    /// <param name="name">Its node's, or its address.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Why not; null when it is done.</returns>
    Task<Status?> RemoveAsync(string name, CancellationToken cancellation);
}

/// <summary>A member, for people.</summary>
/// <param name="Address">Where others reach it, as address:port.</param>
/// <param name="Roles">Separated by commas.</param>
/// <param name="Status">Up; Down: it is not heard of; Left: it was stopped.</param>
/// <param name="Node">Its machine's Node.</param>
/// <param name="Version">Of its program.</param>
/// <param name="Since">When it became a member last.</param>
public sealed record MemberInfo(
    string Address, string Roles, string Status, string Node, string Version, DateTimeOffset Since);

/// <summary>Says who wants to join.</summary>
public sealed record JoinRequest
{
    public const string Control = "control";

    /// <summary>As which it joins, one of the roles of its token.</summary>
    public string Role { get; init; } = "";

    /// <summary>The name of its Node.</summary>
    public string Node { get; init; } = "";

    /// <summary>Where other members will reach it, as address:port; port 0: the one that the cluster's members
    /// have.</summary>
    public string Address { get; init; } = "";

    /// <summary>Of its program.</summary>
    public string Version { get; init; } = "";
}

/// <summary>What a machine needs to be a member of role control. Most of it is secret: it goes over TLS to whoever has
/// shown a token, and into no log.</summary>
public sealed record JoinGrant
{
    /// <summary>Where other members will reach the machine, as address:port.</summary>
    public string Address { get; init; } = "";

    /// <summary>As the journal's database has it.</summary>
    public Guid ClusterId { get; init; }

    /// <summary>The cluster's authority, in PEM.</summary>
    public string AuthorityCertificate { get; init; } = "";

    public string AuthorityKey { get; init; } = "";

    /// <summary>The file of the keys that Secrets in the journal are sealed with; empty: there is none.</summary>
    public string SecretsKeys { get; init; } = "";

    /// <summary>How to reach the journal.</summary>
    public string Journal { get; init; } = "";

    /// <summary>The settings that all members have alike, as far as they are not the defaults, in HOCON.</summary>
    public string Settings { get; init; } = "";

    /// <summary>Where the members are, as address:port.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Nothing of it.</summary>
    public override string ToString() => nameof(JoinGrant);
}

/// <summary>What became of a request to join.</summary>
public abstract record JoinAnswer
{
    private JoinAnswer()
    {
    }

    public sealed record Granted(JoinGrant Grant) : JoinAnswer;

    public sealed record Refused(Status Status) : JoinAnswer;
}
