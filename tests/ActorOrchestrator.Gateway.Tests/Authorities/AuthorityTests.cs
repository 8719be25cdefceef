using ActorOrchestrator.Actors.Leases;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Nodes;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests.Authorities;

/// <summary>The authority is exchanged at a running gateway, by administrators and step by step.</summary>
public sealed class AuthorityTests : IAsyncLifetime
{
    private readonly FakeMembership _membership = new() { Members = [] };
    private RunningGateway _gateway = null!;

    public async ValueTask InitializeAsync() =>
        _gateway = await RunningGateway.StartAsync(membership: _membership);

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Each_step_is_taken_in_its_turn_and_the_secret_and_the_files_follow()
    {
        var former = await PinsAsync();
        Assert.Equal("Settled", (await _gateway.GetAsync("/authority")).At("phase"));
        await RefusedAsync("issue", "'orchestrator ca rotate'");
        await RefusedAsync("finish", "'orchestrator ca rotate'");
        Assert.Equal("Trusting", (await StepAsync("rotate")).At("phase"));
        var both = await PinsAsync();
        Assert.Equal(former[0], both[0]);
        Assert.Equal(2, both.Count);
        await RefusedAsync("rotate", "'orchestrator ca issue'");
        Assert.Equal("Issuing", (await StepAsync("issue")).At("phase"));
        Assert.Equal([both[1], both[0]], await PinsAsync());

        Assert.Equal("Settled", (await StepAsync("finish")).At("phase"));
        var stored = ClusterAuthority.Read(_gateway.Cluster.View.Get(
            KindRegistry.Of<Secret>(), ClusterAuthority.Namespace, ClusterAuthority.Name))!;
        Assert.Equal([both[1]], AuthorityBundle.Parse(stored.Bundle).Pins);
        Assert.Equal("", stored.NextKey);
        Assert.Equal(stored.Bundle, await File.ReadAllTextAsync(
            Path.Combine(_gateway.PkiDirectory, "ca.crt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_machine_that_is_not_ready_is_named()
    {
        _membership.Members = [new("10.0.0.2:7946", "control,node", "Up", "m2", "0.1.0", default)];
        await StepAsync("rotate");
        await RefusedAsync("issue", "m2: has not said yet whom it trusts");
        var pins = await PinsAsync();
        await ReportAsync(new([pins[0]], [pins[0]]));
        await RefusedAsync("issue", "m2: does not trust the new authority yet");
        await ReportAsync(new([pins[0], pins[1]], [pins[0]]));
        Assert.Equal("Issuing", (await StepAsync("issue")).At("phase"));
        await RefusedAsync("finish", "m2: restart it");

        async Task ReportAsync(TrustReport trust)
        {
            var lease = NodeLeases.Of(new Node { Metadata = new ObjectMeta { Name = "m2", Uid = "u" } }, trust);
            await new LeaseKeeper(_gateway.Cluster, TimeProvider.System).RenewAsync(
                lease, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Nobody_else_sees_or_takes_a_step()
    {
        var token = new BootstrapToken("abcdef", "0123456789abcdef");
        _gateway.Cluster.Put(token.ToSecret("control", null, ""));
        foreach (var shown in new[] { RunningGateway.UserToken, $"{token.Id}.{token.Secret}" })
        {
            using var client = _gateway.NewClient(shown);
            Assert.Equal(403, (await _gateway.SendAsync("GET", "/authority", client: client)).Code);
            Assert.Equal(403, (await _gateway.SendAsync("POST", "/authority/rotate", client: client)).Code);
        }

        Assert.Equal(405, (await _gateway.GetAsync("/authority/rotate")).Code);
        Assert.Equal(404, (await _gateway.SendAsync("POST", "/authority/other")).Code);
    }

    private Task<Answer> StepAsync(string step) => _gateway.SendAsync("POST", $"/authority/{step}");

    private async Task RefusedAsync(string step, string why)
    {
        var answer = await StepAsync(step);
        Assert.Equal(409, answer.Code);
        Assert.Contains(why, answer.Message, StringComparison.Ordinal);
    }

    private async Task<ValueList<string>> PinsAsync() => AuthorityBundle.Parse(await File.ReadAllTextAsync(
        Path.Combine(_gateway.PkiDirectory, "ca.crt"), TestContext.Current.CancellationToken)).Pins;
}
