using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>kubectl's <c>--as</c>, <c>--as-group</c> and <c>--as-uid</c> against the real server.</summary>
public sealed class ImpersonationTests
{
    [Fact]
    public async Task Kubectl_asks_as_whom_it_says_and_not_as_the_administrator()
    {
        await using var cluster = await Cluster.StartAsync(new() { Containers = false });
        var kubectl = cluster.Kubectl();
        (await kubectl.RunAsync("--as=nobody", "get", "pods")).Fails("Forbidden", "User \"nobody\" cannot list");
        (await kubectl.RunAsync("--as=nobody", "create", "configmap", "c")).Fails("is forbidden", "User \"nobody\"");
        (await kubectl.RunAsync("--as=nobody", "auth", "can-i", "delete", "nodes")).Fails("no");
        (await kubectl.OkAsync("auth", "can-i", "impersonate", "users")).Says("yes");
        var user = await kubectl.JsonAsync(
            "--as=jane", "--as-group=developers", "--as-uid=u-7", "auth", "whoami");
        var info = user["status"]!["userInfo"]!;
        Assert.Equal(("jane", "u-7"), ($"{info["username"]}", $"{info["uid"]}"));
        Assert.Equal("developers system:authenticated", string.Join(' ', info["groups"]!.AsArray()));
        (await kubectl.OkAsync("auth", "whoami")).Says("kubernetes-admin");

        // A group without a user is no identity, and an administrator by group is one.
        (await kubectl.RunAsync("--as-group=x", "get", "pods")).Fails("without impersonating a user");
        await kubectl.OkAsync("--as=jane", "--as-group=system:masters", "create", "configmap", "c");
        (await kubectl.OkAsync("get", "configmaps")).Says("c ");
    }
}
