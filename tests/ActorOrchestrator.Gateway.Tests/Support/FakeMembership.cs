using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;

namespace ActorOrchestrator.Gateway.Tests.Support;

/// <summary>Members that there might be: what is asked of them is noted, and granted unless a refusal is set.</summary>
internal sealed class FakeMembership : IMembership
{
    public JoinRequest? Asked { get; private set; }

    public int Count { get; private set; }

    public Status? Refusal { get; set; }

    public string? Removed { get; private set; }

    public bool IsOwn { get; private set; }

    public bool MayReturn { get; private set; }

    /// <summary>When certificates of nodes are issued, and for how long.</summary>
    public CertificateLife Life { get; set; } =
        CertificateLife.Issued(TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(1));

    public string Node => "m1";

    public JoinAnswer.GrantedNode Renew(string node) =>
        new(new NodeGrant { Members = ["10.0.0.1:6443"] }, Life);

    public bool IsReserved(string node, string name) => name == "10.0.0.1";

    public IReadOnlyList<MemberInfo> Members { get; set; } =
    [
        new("10.0.0.2:7946", "control,node", "Down", "m2", "0.1.0", DateTimeOffset.UnixEpoch),
    ];

    public Task<IReadOnlyList<MemberInfo>> ListAsync(CancellationToken cancellation) => Task.FromResult(Members);

    public Task<Status?> RemoveAsync(string name, bool isOwn, bool mayReturn, CancellationToken cancellation)
    {
        (Removed, IsOwn, MayReturn) = (name, isOwn, mayReturn);
        return Task.FromResult(Refusal);
    }

    public Task<JoinAnswer> AdmitAsync(JoinRequest request, CancellationToken cancellation)
    {
        (Asked, Count) = (request, Count + 1);
        return Task.FromResult<JoinAnswer>(Refusal is { } status
            ? new JoinAnswer.Refused(status)
            : request.Role == JoinRequest.NodeOnly ? Renew(request.Node) : new JoinAnswer.Granted(new JoinGrant
            {
                Address = request.Address, Journal = "Host=db;Password=geheim", Members = ["10.0.0.1:7946"],
            }));
    }
}
