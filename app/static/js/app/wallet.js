// Asks the wallet's own browser to take the payment of [data-wallet-pay]; whatever it says, the store's page finds out.
{
  const box = document.querySelector("[data-wallet-pay]");
  const say = (name) => {
    for (const words of box.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== name;
  };
  const pay = () => {
    const bridge = window.WeixinJSBridge;
    if (!bridge) return say("elsewhere");
    say("paying");
    bridge.invoke("getBrandWCPayRequest", JSON.parse(box.dataset.walletPay), (answer) => {
      if (answer.err_msg === "get_brand_wcpay_request:ok") return location.replace(box.dataset.back);
      say("not-paid");
    });
  };
  if (box) {
    box.querySelector("button").addEventListener("click", pay);
    if (window.WeixinJSBridge) pay();
    else document.addEventListener("WeixinJSBridgeReady", pay, { once: true });
  }
}
