using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Authorities;
using ActorOrchestrator.Gateway.Joining;

namespace ActorOrchestrator.Gateway.Tests.Authorities;

/// <summary>Who has to do what before the next step.</summary>
public sealed class RotationStatusTests
{
    private static readonly ClusterAuthority Settled = new(["A"], "a");
    private static readonly ClusterAuthority Trusting = Settled.Rotate("B", "b");
    private static readonly ClusterAuthority Issuing = Trusting.Issue();

    /// <summary>role, status, what it trusts, what it shows: what it lacks before the new one signs.</summary>
    [Theory]
    [InlineData("control,node", "Up", "A,B", "A", "")]
    [InlineData("control,node", "Up", "A", "A", "does not trust the new authority yet")]
    [InlineData("control,node", "Up", "", "", "has not said yet whom it trusts (an older release never does)")]
    [InlineData("control,node", "Down", "A", "A", "")]
    [InlineData("control,node", "Left", "", "", "")]
    [InlineData("node", "Up", "A,B", "A", "")]
    [InlineData("node", "Up", "A", "A", "does not trust the new authority yet")]
    [InlineData("node", "Down", "A,B", "A", "is not heard: start it, or take it out with 'orchestrator remove'")]
    [InlineData("node", "Left", "A,B", "A", "is not heard: start it, or take it out with 'orchestrator remove'")]
    public void Before_the_new_one_signs_all_trust_it(
        string roles, string status, string trusts, string shows, string lacks) =>
        Assert.Equal(lacks, Lacks(Trusting, ["A", "B"], roles, status, trusts, shows));

    [Theory]
    [InlineData("control,node", "Up", "B,A", "B", "")]
    [InlineData("control,node", "Up", "B,A", "B,A",
        "restart it: what it shows to other members is of the former authority")]
    [InlineData("control,node", "Down", "A", "A", "")]
    [InlineData("node", "Up", "B,A", "A", "has no certificates of the new authority yet")]
    [InlineData("node", "Up", "B,A", "B", "")]
    [InlineData("node", "Down", "B,A", "B", "is not heard: start it, or take it out with 'orchestrator remove'")]
    public void Before_the_former_one_goes_nobody_shows_it(
        string roles, string status, string trusts, string shows, string lacks) =>
        Assert.Equal(lacks, Lacks(Issuing, ["B", "A"], roles, status, trusts, shows));

    [Fact]
    public void It_says_what_to_do_next_and_who_stands_in_the_way()
    {
        var ready = Machine("m1", "control,node", "Up", "A,B", "A");
        var waits = Machine("m2", "control,node", "Up", "A", "A");
        var status = RotationStatus.Of(Trusting, ["A", "B"], [waits, ready]);
        Assert.Equal(["m1", "m2"], status.Machines.Select(machine => machine.Node));
        Assert.Equal(["m2: does not trust the new authority yet"], status.Obstacles);
        Assert.Contains("wait", status.Next, StringComparison.Ordinal);
        Assert.Contains(
            "'orchestrator ca issue'", RotationStatus.Of(Trusting, ["A", "B"], [ready]).Next, StringComparison.Ordinal);
        Assert.Contains(
            "'orchestrator ca rotate'", RotationStatus.Of(Settled, ["A"], [waits]).Next, StringComparison.Ordinal);
        Assert.Empty(RotationStatus.Of(Settled, ["A"], [waits]).Obstacles);
    }

    private static string Lacks(
        ClusterAuthority authorities, string[] pins, string roles, string status, string trusts, string shows) =>
        Assert.Single(RotationStatus.Of(
            authorities, [.. pins], [Machine("m", roles, status, trusts, shows)]).Machines).Lacks;

    private static MachineTrust Machine(string node, string roles, string status, string trusts, string shows) => new(
        new MemberInfo($"{node}:1", roles, status, node, "1", default),
        trusts.Length == 0 ? null : new TrustReport([.. trusts.Split(',')], [.. shows.Split(',')]));
}
