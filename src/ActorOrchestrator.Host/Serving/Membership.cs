using System.Net;
using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Hosting;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Serving;

/// <summary>Says who may join this member's cluster, and gives what a member needs.</summary>
/// <param name="settings">This member's.</param>
/// <param name="directory">Where its keys are.</param>
/// <param name="members">The members; null: there are no others.</param>
/// <param name="plane">What is known of nodes.</param>
internal sealed class Membership(
    ServerSettings settings, DataDirectory directory, IMemberTable? members, ControlPlane plane) : IMembership
{
    /// <summary>Of members of today.</summary>
    public const string Roles = "control,node";

    /// <summary>One that was not heard of for longer lives no more.</summary>
    public static readonly TimeSpan SilenceMax = MemberFinder.Silence;

    /// <summary>Nobody else reaches one that is alone.</summary>
    private const string Alone = "<none>";

    private readonly NodeMembership _nodes = new(settings, plane, TimeProvider.System);

    private readonly DateTimeOffset _started = TimeProvider.System.GetUtcNow();

    public static bool Lives(MemberRow member, DateTimeOffset now) =>
        !member.HasLeft && now - member.Seen < SilenceMax;

    public async Task<JoinAnswer> AdmitAsync(JoinRequest request, CancellationToken cancellation)
    {
        if (request.Role == JoinRequest.NodeOnly)
        {
            return await AdmitNodeAsync(request, cancellation);
        }

        if (members is null)
        {
            return Refused(Statuses.Failure(HttpCode.Conflict, StatusReasons.Conflict,
                "nobody can join this cluster: its journal is a file of its only member. Start that with "
                + "--journal postgresql://… for a cluster of several"));
        }

        if (Wrong(request) is { } wrong)
        {
            return Refused(wrong);
        }

        try
        {
            var list = await members.ReadAsync(cancellation);
            var address = AddressOf(request);
            if (Taken(request.Node, address, list) is { } taken)
            {
                return Refused(Statuses.Failure(HttpCode.Conflict, StatusReasons.Conflict, taken));
            }

            return await _nodes.ChangeAsync(
                RemovedMembers.List, () => RemovedMembers.List.Return(plane.View, request.Node), cancellation)
                is { } refusal
                ? Refused(refusal)
                : new JoinAnswer.Granted(await GrantAsync(list, cancellation) with { Address = address });
        }
        catch (JournalException failure)
        {
            return Refused(Statuses.ServiceUnavailable($"nobody can join now: {failure.Message}"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refused(Statuses.InternalError($"this member cannot read its keys: {FailureWords.Of(failure)}"));
        }
    }

    public JoinAnswer.GrantedNode Renew(string node) => _nodes.Renew(node);

    public bool IsReserved(string node, string name) => _nodes.IsReserved(node, name);

    private async Task<JoinAnswer> AdmitNodeAsync(JoinRequest request, CancellationToken cancellation)
    {
        if (Outdated(request) is { } outdated)
        {
            return Refused(outdated);
        }

        try
        {
            var others = members is null ? [] : (await members.ReadAsync(cancellation)).Members;
            return _nodes.Admit(request, [settings.Node.Name, .. others.Select(member => member.Node)]);
        }
        catch (JournalException failure)
        {
            return Refused(Statuses.ServiceUnavailable($"nobody can join now: {failure.Message}"));
        }
    }

    public string Node => settings.Node.Name;

    public async Task<IReadOnlyList<MemberInfo>> ListAsync(CancellationToken cancellation)
    {
        if (members is null)
        {
            var own = new MemberRow(Alone, settings.Node.Name, Roles, VersionCommand.Version) { Since = _started };
            return [InfoOf(own, "Up"), .. _nodes.List()];
        }

        try
        {
            var list = await members.ReadAsync(cancellation);
            return
            [
                .. list.Members.Select(member => InfoOf(
                    member, member.HasLeft ? "Left" : Lives(member, list.Now) ? "Up" : "Down")),
                .. _nodes.List(),
            ];
        }
        catch (JournalException failure)
        {
            throw new IOException($"the members are not known now: {failure.Message}", failure);
        }
    }

    public async Task<Status?> RemoveAsync(
        string name, bool isOwn, bool mayReturn, CancellationToken cancellation)
    {
        if (_nodes.Find(name) is { } machine && NodeMembership.IsOnlyNode(machine))
        {
            return await _nodes.RemoveAsync(machine, isOwn, cancellation);
        }

        if (members is null)
        {
            return name == settings.Node.Name
                ? Statuses.Failure(
                    HttpCode.Conflict, StatusReasons.Conflict, "this cluster has one member only, which answers you")
                : Unknown(name);
        }

        try
        {
            var list = await members.ReadAsync(cancellation);
            var known = list.Members.Where(member => member.Node == name || member.Address == name).ToList();
            if (known.Count == 0)
            {
                return Unknown(name);
            }

            if (known.Find(member => Lives(member, list.Now)) is { } living)
            {
                return Statuses.Failure(HttpCode.Conflict, StatusReasons.Conflict,
                    $"the member {living.Node} ({living.Address}) lives: 'orchestrator leave' on its machine takes it "
                    + "out of the cluster");
            }

            if (!mayReturn && await _nodes.ChangeAsync(
                RemovedMembers.List,
                () => RemovedMembers.List.Removal(
                    plane.View, known[0].Node, TimeProvider.System.GetUtcNow(), RemovedMembers.Kept),
                cancellation) is { } refusal)
            {
                return refusal;
            }

            var node = EntityKey.Of(KindRegistry.Of<Node>(), null, known[0].Node);
            if (await plane.SendAsync(node, Delete.Background, cancellation) is Reply.Rejected
                { Status: { Code: not HttpCode.NotFound } refused })
            {
                return refused;
            }

            foreach (var member in known)
            {
                await members.RemoveAsync(member.Address, cancellation);
            }

            return null;
        }
        catch (JournalException failure)
        {
            return Statuses.ServiceUnavailable($"no member can be removed now: {failure.Message}");
        }
    }

    private static Status Unknown(string name) => Statuses.Failure(HttpCode.NotFound, StatusReasons.NotFound,
        $"no member has the name or the address {name} ('orchestrator members' shows them)");

    private static MemberInfo InfoOf(MemberRow member, string status) => new(
        member.Address, member.Roles, status, member.Node, member.Version, member.Since);

    private static JoinAnswer Refused(Status status) => new JoinAnswer.Refused(status);

    private static Status? Wrong(JoinRequest request) => request switch
    {
        { Role: not JoinRequest.Control } => Statuses.BadRequest(
            $"role: \"{request.Role}\": there are {JoinRequest.Control} and {JoinRequest.NodeOnly}"),
        _ when Outdated(request) is { } outdated => outdated,
        _ when !IPEndPoint.TryParse(request.Address, out _) => Statuses.BadRequest(
            $"address: \"{request.Address}\" is no address with a port"),
        { Node.Length: 0 } => Statuses.BadRequest("node: the name of the machine's Node is missing"),
        _ => null,
    };

    private static Status? Outdated(JoinRequest request) => request.Version == VersionCommand.Version
        ? null
        : Statuses.Failure(
            HttpCode.Conflict, StatusReasons.Conflict,
            $"the machine has orchestrator {request.Version}, and the cluster {VersionCommand.Version}: install that "
            + "version on the machine, and join again");

    private string AddressOf(JoinRequest request)
    {
        var asked = IPEndPoint.Parse(request.Address);
        return new IPEndPoint(asked.Address, asked.Port == 0 ? settings.Cluster.Port : asked.Port).ToString();
    }

    /// <summary>A name or an address that is another machine's. One that is dead may be joined for anew.</summary>
    private string? Taken(string name, string address, MemberList list)
    {
        var living = list.Members.Where(member => Lives(member, list.Now)).ToList();
        if (living.Find(member => member.Address == address) is { } there)
        {
            return $"the address {address} is that of a member already (node {there.Node}), and it lives: "
                + "give --address another one, or stop that member first";
        }

        if (living.Find(member => member.Node == name) is { } namesake)
        {
            return $"the name {name} is that of the member at {namesake.Address}: "
                + "give --node-name another one";
        }

        var isMembers = list.Members.Any(member => member.Node == name);
        return !isMembers && plane.View.Get(KindRegistry.Of<Node>(), null, name) is Node node
            && node.Status.Conditions.Any(condition => condition is { Type: "Ready", Status: "True" })
            ? $"the name {name} is that of a node which is ready: give --node-name another one"
            : null;
    }

    private async Task<JoinGrant> GrantAsync(MemberList list, CancellationToken cancellation)
    {
        var keys = settings.Journal.SecretsKeyFile ?? directory.SecretsKey;
        return new JoinGrant
        {
            ClusterId = list.ClusterId,
            SecretsKeys = File.Exists(keys) ? await File.ReadAllTextAsync(keys, cancellation) : "",
            Journal = JournalUrl.Complete(settings.Journal.Connection),
            Settings = settings.Shared,
            Members = [.. list.Members.Where(member => Lives(member, list.Now)).Select(member => member.Address)],
        };
    }
}
