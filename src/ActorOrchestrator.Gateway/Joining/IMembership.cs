using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Security;

namespace ActorOrchestrator.Gateway.Joining;

/// <summary>What the gateway asks of the program about the members of its cluster.</summary>
public interface IMembership
{
    /// <summary>Whether a machine may join, and what it needs for that. Its token was judged before.</summary>
    Task<JoinAnswer> AdmitAsync(JoinRequest request, CancellationToken cancellation);

    /// <summary>What a machine that only runs pods, and has shown its certificate, gets with new ones.</summary>
    JoinAnswer.GrantedNode Renew(string node);

    /// <summary>Whether a name or an address is a member's, or another node's than this one.</summary>
    bool IsReserved(string node, string name);

    /// <summary>The Node of the member that answers.</summary>
    string Node { get; }

    /// <summary>The members that there are, and those that were lost, by their addresses.</summary>
    /// <exception cref="IOException">They are not known now; the message says why.</exception>
    Task<IReadOnlyList<MemberInfo>> ListAsync(CancellationToken cancellation);

    /// <summary>Forgets a member, or a machine that only runs pods, that lives no more, with its Node.</summary>
    /// <param name="name">Its node's, or its address.</param>
    /// <param name="isOwn">Whether the machine itself asks, which may live then.</param>
    /// <param name="mayReturn">Whether a member's files still make it one, as after 'orchestrator leave'.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Why not; null when it is done.</returns>
    Task<Status?> RemoveAsync(string name, bool isOwn, bool mayReturn, CancellationToken cancellation);
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
    /// <summary>A member of the control plane, with a node.</summary>
    public const string Control = "control";

    /// <summary>A machine that only runs pods.</summary>
    public const string NodeOnly = "node";

    /// <summary>As which it joins, one of the roles of its token.</summary>
    public string Role { get; init; } = "";

    /// <summary>The name of its Node.</summary>
    public string Node { get; init; } = "";

    /// <summary>Where other members will reach it, as address:port; port 0: the one that the cluster's members
    /// have.</summary>
    public string Address { get; init; } = "";

    /// <summary>Of its program.</summary>
    public string Version { get; init; } = "";

    /// <summary>For a machine that only runs pods: what it will show to the API, as a request (PKCS #10) in
    /// PEM.</summary>
    public string ClientRequest { get; init; } = "";

    /// <summary>And what it will show to members.</summary>
    public string ServerRequest { get; init; } = "";
}

/// <summary>What a machine that only runs pods gets. There is no secret in it.</summary>
public sealed record NodeGrant
{
    /// <summary>The cluster's authority, in PEM; two while it is exchanged, of which the first one signs.</summary>
    public string AuthorityCertificate { get; init; } = "";

    /// <summary>What it shows to the API, in PEM.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary>What it shows to members, in PEM.</summary>
    public string ServerCertificate { get; init; } = "";

    /// <summary>Where members serve the API, as address:port.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>The settings that all machines have alike, as far as they are not the defaults, in HOCON.</summary>
    public string Settings { get; init; } = "";
}

/// <summary>What a machine needs to be a member of role control. Most of it is secret: it goes over TLS to whoever has
/// shown a token, and into no log.</summary>
public sealed record JoinGrant
{
    /// <summary>Where other members will reach the machine, as address:port.</summary>
    public string Address { get; init; } = "";

    /// <summary>As the journal's database has it.</summary>
    public Guid ClusterId { get; init; }

    /// <summary>The cluster's authority, in PEM; two while it is exchanged, of which the first one signs.</summary>
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

    /// <param name="Grant">All but the certificates.</param>
    /// <param name="Life">For how long these hold.</param>
    public sealed record GrantedNode(NodeGrant Grant, CertificateLife Life) : JoinAnswer;

    public sealed record Refused(Status Status) : JoinAnswer;
}
