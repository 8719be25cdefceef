using ActorOrchestrator.Domain.Deployments;

namespace ActorOrchestrator.Domain.Tests.Deployments;

public sealed class ReplicaSetNameTests
{
    private const string Hash = "775cd96b6f";

    /// <summary>A Deployment's name of so many letters with an end, and how many of it are left.</summary>
    [Theory]
    //          letters end     kept
    [InlineData(3, "", 3)]
    [InlineData(242, "", 242)]
    [InlineData(243, "", 242)]
    [InlineData(253, "", 242)]
    [InlineData(241, ".example.io", 241)]
    [InlineData(240, "--a.b", 240)]
    [InlineData(239, ".a.b.c.d", 241)]
    public void A_long_name_is_cut_so_that_the_replica_sets_name_is_valid(int letters, string end, int kept)
    {
        var deployment = new string('d', letters) + end;
        var name = ReplicaSetFromTemplate.Name(deployment, Hash);
        Assert.Equal(deployment[..kept] + "-" + Hash, name);
        Assert.True(name.Length <= 253 && !name.Contains(".-", StringComparison.Ordinal));
    }
}
