using System.Net;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Nodes;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Authorities;
using ActorOrchestrator.Gateway.Forwarding;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Gateway.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway;

/// <summary>What the API stands on.</summary>
public sealed record ApiPorts(ICluster Cluster, INodeLogs Logs, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>Draws generated names.</summary>
    public required IIdSource Ids { get; init; }

    /// <summary>Draws how long a watch lasts; used by the API alone from then on.</summary>
    public required Random WatchEnds { get; init; }

    /// <summary>Null: there is no way to containers.</summary>
    public INodeStreams? Streams { get; init; }

    /// <summary>The node whose containers <see cref="Logs"/> and <see cref="Streams"/> reach; null: they reach
    /// all.</summary>
    public string? NodeName { get; init; }

    /// <summary>Where the API of the member of a node is; null when none serves there.</summary>
    public Func<string, IPEndPoint?> MemberOf { get; init; } = _ => null;

    /// <summary>The pods that are bound to a node, by which it is judged what the node may read.</summary>
    public Func<string, IReadOnlyCollection<Pod>> PodsOn { get; init; } = _ => [];

    /// <summary>Where signs of life of machines that only run pods are counted; null: nowhere.</summary>
    public Func<MachineWatch?> Machines { get; init; } = () => null;

    /// <summary>The way to the other members, for what is on their machines; null: there is none.</summary>
    internal MemberCalls? Members { get; init; }

    /// <summary>The members of the cluster; null: nobody joins it.</summary>
    public IMembership? Membership { get; init; }

    /// <summary>Where machines join; null: nowhere.</summary>
    internal JoinEndpoints? Joins { get; init; }

    public TokenFile Tokens { get; init; } = TokenFile.Empty;

    /// <summary>Whose client certificates tell who asks; null: bearer tokens alone do.</summary>
    public Func<AuthorityBundle>? ClientAuthorities { get; init; }

    /// <summary>The certificates of this member, which are the caller's to dispose; null: those of
    /// <see cref="GatewayOptions.PkiDirectory"/> are the server's own.</summary>
    public Pki? Pki { get; init; }

    /// <summary>By which the authority is exchanged; null: it cannot be.</summary>
    internal AuthorityEndpoints? Authorities { get; init; }

    /// <summary>Answers <c>/metrics</c>; null: there is no such path.</summary>
    public RequestDelegate? Metrics { get; init; }
}
